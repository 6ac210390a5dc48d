"""`afterword backtest`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from afterword.loop.events import door as events
from afterword.loop.journeys import door as journeys

from ..lake import door as lake
from . import door
from .actions.answer import answer
from .types import Backtest, NothingKnown

app = typer.Typer()
said = Console(highlight=False)


@app.command()
def backtest(
    journey: Annotated[str, typer.Argument(help="The key of a journey, or a file with its document.")],
    since: Annotated[datetime | None, typer.Option("--from", help="The first day; 90 days before the end by default.")] = None,
    until: Annotated[datetime | None, typer.Option("--to", help="The end; the last sealed moment by default.")] = None,
    guard: Annotated[bool, typer.Option(help="Also ask the guard of every message.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON and nothing else.")] = False,
) -> None:
    """How a journey would have gone on the shop's real history. Nothing is sent."""
    text = Path(journey).read_text(encoding="utf-8") if Path(journey).exists() else journeys.text_of(journey)
    end = until.replace(tzinfo=until.tzinfo or UTC) if until else events.frontier()
    if end is None:
        raise NothingKnown
    start = since.replace(tzinfo=since.tzinfo or UTC) if since else end - timedelta(days=90)
    with Console(stderr=True).status("exporting what is new") as status:
        lake.export(progress=lambda name, count: status.update(f"exporting {name}"))
        status.update("asking the past")
        found = door.backtest(text, since=start, until=end, guard=guard, progress=lambda step, count: status.update(f"step {step}"))
    if as_json:
        print(json.dumps(found.plain()))
    else:
        _print(found)


@app.command(name="answer-backtest", hidden=True)
def answer_backtest(id: Annotated[int, typer.Argument(help="The number of a backtest that was asked for.")]) -> None:
    """Answer a backtest that a page has asked for; how far it is, and what comes out, is kept where the page reads it."""
    answer(id)


def _print(found: Backtest) -> None:
    said.print(f"[b]{found.journey}[/], {found.since:%-d %B %Y} to {found.until:%-d %B %Y}: {found.entered:,} would have entered.\n")
    flow = Table("step", "outcome", "then", "runs", box=None)
    for step, outcome, following, count in found.flow:
        flow.add_row(step, outcome or "still there", following or "–", f"{count:,}")
    said.print(flow)
    if found.verdicts:
        verdicts = Table("message of step", "verdict", "why", "count", box=None)
        for step, state, reason, count in found.verdicts:
            verdicts.add_row(
                step, {"go": "sent", "drop": "not sent", "hold": "waiting", "planned": "planned"}[state], reason or "–", f"{count:,}"
            )
        said.print()
        said.print(verdicts)
    if found.per_day:
        most = max(found.per_day, key=lambda day: day[1])
        said.print(
            f"\nAt most {most[1]:,} messages a day, on {most[0]:%-d %B %Y}. A person gets at most {max(n for n, _ in found.per_person)}."
        )
    said.print(f"[dim]{', '.join(f'{name} {seconds:.2f} s' for name, seconds in found.seconds.items())}[/]")
