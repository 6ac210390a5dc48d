"""`afterword hand …`: laying hands on what is under way. Each deed can be foreseen, and is audited."""

from __future__ import annotations

import json
from typing import Annotated
from uuid import UUID

import typer
from django.db import transaction
from rich.console import Console

from afterword.kernel.errors import Refused
from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.types import Deed
from afterword.loop.journeys import door as journeys

from .commands import By, Key, member_by

hand = typer.Typer(no_args_is_help=True, help="Pause, resume and stop versions; move runs; take one out. With --foresee nothing is done.")
app = typer.Typer()
app.add_typer(hand, name="hand")
said = Console(highlight=False)
Number = Annotated[int, typer.Argument(help="The number of a version.")]
Foresee = Annotated[bool, typer.Option("--foresee", help="Only say, as JSON, whom it would touch.")]
Steps = Annotated[list[str], typer.Option("--step", help="old=new, once for each step; whoever stands elsewhere stays.")]


class NotASteps(Refused):
    """“{given}” is no pair of steps. Write old=new."""


@hand.command()
def pause(key: Key, number: Number, by: By = "", foresee: Foresee = False) -> None:
    """Nothing of a version starts, moves or is sent until it is resumed."""
    version = _version(key, number)
    if not foresee:
        member = _allowed(by, "publish")
        with transaction.atomic():
            at = journeys.pause(version, by=by)
            accounts.audit(member, "journey version paused", key, after={"version": number})
        said.print(f"Version {number} of “{key}” stands still since {at:%-d %B %Y, %H:%M:%S} UTC.")
    else:
        _tell(journeys.foresee(version))


@hand.command()
def resume(key: Key, number: Number, by: By = "", foresee: Foresee = False) -> None:
    """A version goes on: what fell due meanwhile leaves now."""
    version = _version(key, number)
    if not foresee:
        member = _allowed(by, "publish")
        with transaction.atomic():
            journeys.resume(version, by=by)
            accounts.audit(member, "journey version resumed", key, after={"version": number})
        said.print(f"Version {number} of “{key}” goes on.")
    else:
        _tell(journeys.foresee(version))


@hand.command()
def stop(key: Key, number: Number, by: By = "", foresee: Foresee = False) -> None:
    """Every run of a version ends where it stands; nobody enters any more."""
    version = _version(key, number)
    if not foresee:
        member = _allowed(by, "publish")
        with transaction.atomic():
            ended = journeys.stop(version, by=by)
            accounts.audit(member, "journey version stopped", key, after={"version": number, "ended": ended})
        said.print(f"{ended:,} runs of version {number} of “{key}” have ended.")
    else:
        _tell(journeys.foresee(version))


@hand.command()
def move(key: Key, number: Number, to: Number, step: Steps, by: By = "", foresee: Foresee = False) -> None:
    """Runs of one version go on in another, step by step. They keep since when they wait."""
    pairs = {}
    for one in step:
        old, _, new = one.partition("=")
        if not old or not new:
            raise NotASteps(given=one)
        pairs[old] = new
    version, target = _version(key, number), _version(key, to)
    if foresee:
        _tell(journeys.foresee_move(version, target, pairs))
        return
    member = _allowed(by, "publish")
    with transaction.atomic():
        moved = journeys.move(version, target, pairs, by=by)
        accounts.audit(member, "journey runs moved", key, before={"version": number}, after={"version": to, "steps": pairs, "runs": moved})
    said.print(f"{moved:,} runs of “{key}” went from version {number} to version {to}.")


@hand.command("take-out")
def take_out(key: Key, run: Annotated[UUID, typer.Argument(help="The id of a run.")], by: By = "") -> None:
    """One run ends where it stands; what it had not yet sent is not sent."""
    member = _allowed(by, "edit_customers")
    with transaction.atomic():
        journeys.take_out(key, run, by=by)
        accounts.audit(member, "run taken out", key, before={"run": str(run)})
    said.print("It has ended.")


def _allowed(by: str, deed: Deed) -> accounts.Member | None:
    member = member_by(by)
    if member:
        accounts.need(member, deed)
    return member


def _version(key: str, number: int) -> int:
    return journeys.version_id(key, number)


def _tell(found: journeys.Foreseen) -> None:
    typer.echo(json.dumps({"runs": dict(found.runs), "leaving": found.leaving, "sending": found.sending}))
