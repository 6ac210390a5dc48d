"""`afterword segment …`: segments on the command line."""

from __future__ import annotations

import csv
import json
import sys
from contextlib import ExitStack
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from afterword.kernel.errors import Refused
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.events import door as events

from . import door

app = typer.Typer()
segment = typer.Typer(no_args_is_help=True, help="Segments: named conditions about customers, and who fulfils them.")
app.add_typer(segment, name="segment")
said = Console(highlight=False)
PATIENCE = 30.0
Key = Annotated[str, typer.Argument(help="The segment's key.")]
By = Annotated[str, typer.Option("--by", help="The address of the member who does it; without one, the installation itself.")]


class NoMember(Refused):
    """Nobody of the team has the address {email}."""


class NotExact(Refused):
    """“{key}” is not what asking everybody gives: {many} people differ, for instance {some}. `afterword segment restore {key}` mends it."""


def _member(email: str) -> accounts.Member | None:
    member = accounts.member_by_email(email) if email else None
    if email and member is None:
        raise NoMember(email=email)
    return member


@segment.command("list")
def list_segments(archived: Annotated[bool, typer.Option("--archived", help="Those that were archived.")] = False) -> None:
    """Every segment with its size, and how that changed within a week."""
    table = Table("key", "name", box=None, pad_edge=False)
    for heading in ("people", "in 7 days"):
        table.add_column(heading, justify="right")
    table.add_column()
    for line in door.overview(clock.now(), archived=archived):
        table.add_row(line.key, line.name, f"{line.size:,}", f"{line.change:+,}", "not followed" if line.fault else "")
    said.print(table)


@segment.command()
def show(key: Key) -> None:
    """One segment: its condition, its revisions, some of its people."""
    found = door.known(key)
    said.print(f"{found.name} ({found.key}){'' if found.is_on else ', archived'}: {door.size(key):,} people")
    said.print(found.about)
    for one in found.revisions:
        said.print(f"  {one.number}  {one.at:%-d %b %Y %H:%M}  {one.by}  {one.text}", markup=False)
    for customer in door.sample(key):
        said.print(f"  {customer}")


@segment.command()
def save(
    key: Key,
    text: Annotated[str, typer.Argument(help="The condition.")],
    name: Annotated[str, typer.Option(help="What people call it.")] = "",
    about: Annotated[str, typer.Option(help="What it is for.")] = "",
    by: By = "",
) -> None:
    """Keep a segment. Another condition is another revision; everybody is asked once, and nobody is told of that. Audited."""
    member = _member(by)
    if member:
        accounts.need(member, "edit_journeys")
    before = next((one for one in door.overview(clock.now()) if one.key == key), None)
    row = door.save_segment(
        key, name=name or (before.name if before else key.replace("_", " ").capitalize()), text=text,
        about=about or (before.about if before else ""), at=clock.now(), by=member.email if member else "",
    )  # fmt: skip
    accounts.audit(member, "segment saved", key, before={"text": before.text} if before else None, after={"text": text, "name": row.name})
    said.print(f"“{row.name}” is kept; {door.size(key):,} people are in it.")


@segment.command("ready-made")
def ready_made(by: By = "") -> None:
    """Keep the ready-made segments that are not here yet; what a shop has changed or archived is left alone. Audited."""
    member = _member(by)
    if member:
        accounts.need(member, "edit_journeys")
    new = door.keep_shipped(at=clock.now())
    accounts.audit(member, "segments taken", after={"segments": new})
    said.print(", ".join(new) or "They are all here.")


@segment.command()
def archive(key: Key, by: By = "") -> None:
    """Follow a segment no more. Who was in it stays readable. Audited."""
    member = _member(by)
    if member:
        accounts.need(member, "edit_journeys")
    door.archive_segment(key, at=clock.now())
    accounts.audit(member, "segment archived", key)
    said.print(f"“{key}” is archived.")


@segment.command()
def restore(key: Key, by: By = "") -> None:
    """Follow an archived segment again, or one that could not be asked. Audited."""
    member = _member(by)
    if member:
        accounts.need(member, "edit_journeys")
    row = door.restore_segment(key, at=clock.now(), by=member.email if member else "")
    accounts.audit(member, "segment restored", key)
    said.print(f"“{row.name}” is followed; {door.size(key):,} people are in it.")


@segment.command()
def check(
    text: Annotated[str, typer.Argument(help="A condition, or the key of a segment.")],
    seconds: Annotated[float, typer.Option(help="The longest it may take.", min=0.1, max=600)] = PATIENCE,
) -> None:
    """Read a condition and count whom it finds; of a segment, whether what is kept is what asking everybody gives now."""
    at = events.frontier() or clock.now()
    texts = door.texts()
    plan = door.compiled(texts.get(text, text), texts, key=text if text in texts else "", pins=door.numbers())
    found = door.counted(plan.everybody, at, seconds=seconds)
    said.print(f"{found.inside:,} of {found.of:,} customers. Nothing is wrong with it.")
    if text in texts:
        known = door.known(text)
        door.follow(at)
        wrong = door.differing(known.id, plan.everybody, at)
        if wrong:
            raise NotExact(key=text, many=len(wrong), some=wrong[0][0])
        said.print("What is kept is exactly that.")


@segment.command(hidden=True)
def compile(text: Annotated[str, typer.Argument()], key: Annotated[str, typer.Option()] = "") -> None:
    """A condition as statements, for the pages, which carry no compiler themselves."""
    typer.echo(json.dumps(asdict(door.compiled(text, door.texts(), key=key, pins=door.numbers()))))


@segment.command()
def size(key: Key, days: Annotated[int, typer.Option(help="How many days back.", min=1, max=3660)] = 30) -> None:
    """How many people were in a segment at the end of each day, in the shop's zone."""
    today = door.day_of(clock.now())
    for day, many in door.sizes(key, today - timedelta(days=days - 1), today):
        said.print(f"{day:%Y-%m-%d} {many:>12,}")


@segment.command()
def why(key: Key, customer: Annotated[str, typer.Argument(help="The customer's id.")]) -> None:
    """Why a customer is in a segment or not: each part of the condition with the value that was seen."""
    found = door.why(key, UUID(customer))
    said.print("in it" if found.inside else "not in it" if found.there else "not a customer at that moment")
    for part in found.parts:
        said.print(f"  {'yes' if part.holds else 'no '}  {part.text}   (seen: {part.value})", markup=False)


@segment.command()
def export(
    key: Key,
    out: Annotated[Path | None, typer.Option(help="The file; standard output without one.", dir_okay=False)] = None,
    by: By = "",
) -> None:
    """Write everybody in a segment as CSV. Audited."""
    member = _member(by)
    if member:
        accounts.need(member, "export_people")
    door.known(key)
    accounts.audit(member, "people exported", f"segment {key}", after={"people": door.size(key)})
    with ExitStack() as opened:
        writer = csv.writer(opened.enter_context(out.open("w", encoding="utf-8", newline="")) if out else sys.stdout)
        writer.writerow(door.EXPORTED)
        writer.writerows(door.exported(key))
    if out:
        said.print(f"{door.size(key):,} people in {out}.")
