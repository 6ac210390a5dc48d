"""`afterword keys …`: write keys on the command line."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from afterword.kernel import durations
from afterword.kernel.errors import Refused
from afterword.kit import clock

from . import door
from .models import Member, WriteKey

app = typer.Typer()
keys = typer.Typer(no_args_is_help=True, help="Write keys: with which shops tell what happens.")
app.add_typer(keys, name="keys")
said = Console(highlight=False)
By = Annotated[str, typer.Option("--by", help="The address of the member who does it; without one, the installation itself.")]


class NoMember(Refused):
    """Nobody of the team has the address {email}."""


class NoSuchKey(Refused):
    """No key that works begins with “{start}”. `afterword keys list` names them."""


def _member(email: str) -> Member | None:
    member = door.member_by_email(email) if email else None
    if email and member is None:
        raise NoMember(email=email)
    return member


@keys.command("list")
def list_keys() -> None:
    """Every key by its first letters: of which store and kind, when it was used last, and until when it works."""
    table = Table("begins with", "name", "store", "kind", "last used", "", box=None, pad_edge=False)
    now, known = clock.real_now(), door.keys()
    for key in known:
        used = f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never"
        ends = key.revoked_at
        state = "" if ends is None else f"works until {ends:%Y-%m-%d %H:%M} UTC" if ends > now else f"revoked {ends:%Y-%m-%d}"
        table.add_row(key.start, key.name, key.store_id, key.kind, used, state)
    said.print(table)


@keys.command()
def rotate(
    start: Annotated[str, typer.Argument(help="How the key begins, as `afterword keys list` says it.")],
    still: Annotated[str, typer.Option(help="How long the old key works on, such as 1d or 7d; 0d: not at all.")] = "1d",
    by: By = "",
) -> None:
    """Put a new key in the place of one, with the same rights; it is printed this once. The old one works on for a while. Audited."""
    length, now, known = timedelta(seconds=durations.seconds(still)), clock.real_now(), door.keys()
    found: list[WriteKey] = [one for one in known if one.start == start[:9] and one.works(now)]
    if len(found) != 1:
        raise NoSuchKey(start=start[:9])
    typer.echo(door.rotate_key(found[0], by=_member(by), still=length))
    until = f"works until {now + length:%Y-%m-%d %H:%M} UTC" if length else "works no more"
    typer.echo(f"The new key is shown this once. {found[0].start}… {until}.", err=True)
