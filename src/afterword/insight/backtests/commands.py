"""`afterword backtest`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from afterword.kernel import durations
from afterword.kernel.errors import Refused
from afterword.loop.events import door as events
from afterword.loop.journeys import door as journeys

from ..lake import door as lake
from . import door
from .actions.answer import answer
from .types import Backtest, BadAssumption, Differing, DifferingVerdict, NothingKnown, NotOnSpark, Stated

app = typer.Typer()
journey = typer.Typer()
app.add_typer(journey, name="journey")
said = Console(highlight=False)


@app.command()
def backtest(
    journey: Annotated[str, typer.Argument(help="The key of a journey, or a file with its document.")],
    since: Annotated[datetime | None, typer.Option("--from", help="The first day; 90 days before the end by default.")] = None,
    until: Annotated[datetime | None, typer.Option("--to", help="The end; the last sealed moment by default.")] = None,
    version: Annotated[str, typer.Option(help="draft, or the number of a version; the draft by default.")] = "draft",
    against: Annotated[str, typer.Option(help="Another version, or draft, to be held beside it.")] = "",
    assume: Annotated[
        list[str] | None,
        typer.Option(help="What to assume of a reaction: step:event=12% or step:event=12%,2d (half of them within two days)."),
    ] = None,
    guard: Annotated[bool, typer.Option(help="Also ask the guard of every message.")] = True,
    spark: Annotated[str, typer.Option(help="On a cluster, such as spark://host:7077.")] = "",
    shared: Annotated[Path | None, typer.Option(help="With --spark: a folder that the cluster sees too, for the lake's copy.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON and nothing else.")] = False,
) -> None:
    """How a journey would have gone on the shop's real history. Nothing is sent."""
    first, second = _documents(journey, version, against)
    stated = dict(assumed(one) for one in assume or ())
    end = until.replace(tzinfo=until.tzinfo or UTC) if until else events.frontier()
    if end is None:
        raise NothingKnown
    start = since.replace(tzinfo=since.tzinfo or UTC) if since else end - timedelta(days=90)
    with Console(stderr=True).status("exporting what is new") as status:
        lake.export(progress=lambda name, count: status.update(f"exporting {name}"))
        status.update("asking the past")

        def stepped(step: str, count: int) -> None:
            status.update(f"step {step}")

        if spark:
            _not_on_spark(against, assume)
            text, pinned = first
            place = shared or lake.lake_folder().with_name("lake-spark")
            found = door.backtest_on_spark(
                text, since=start, until=end, master=spark, shared=place, guard=guard, pinned=pinned,
                progress=lambda name, count: status.update(f"copying {name}"),
            )  # fmt: skip
        elif second:
            found = door.compare(first, second, since=start, until=end, guard=guard, progress=stepped, stated=stated)
        else:
            text, pinned = first
            found = door.backtest(text, since=start, until=end, guard=guard, progress=stepped, pinned=pinned, stated=stated)
    if as_json:
        print(json.dumps(found.plain()))
    else:
        _print(found)
        if spark:
            said.print("[dim]On a cluster no reactions are assumed.[/]")


def _not_on_spark(against: str, assume: list[str] | None) -> None:
    for option, given in (("--against", against), ("--assume", assume)):
        if given:
            raise NotOnSpark(option=option)


@app.command(name="answer-backtest", hidden=True)
def answer_backtest(id: Annotated[int, typer.Argument(help="The number of a backtest that was asked for.")]) -> None:
    """Answer a backtest that a page has asked for; how far it is, and what comes out, is kept where the page reads it."""
    answer(id)


Document = tuple[str, Mapping[str, str] | None]


def _documents(journey: str, version: str, against: str) -> tuple[Document, Document | None]:
    """The document that is asked, and the one beside it; a file is held against what is kept of its journey."""
    if Path(journey).exists():
        text = Path(journey).read_text(encoding="utf-8")
        if not against:
            return (text, None), None
        known = journeys.known(journeys.understood(text).key)
        return (text, None), door.document(known, door.version_of(known, against))
    if version == "draft" and not against:
        return (journeys.text_of(journey), None), None
    known = journeys.known(journey)
    first = door.document(known, door.version_of(known, version))
    return first, door.document(known, door.version_of(known, against)) if against else None


def assumed(given: str) -> tuple[str, Stated]:
    """`ask:survey.answered=12%,2d` → the reaction, and what is stated of it. Raises BadAssumption."""
    name, _, value = given.partition("=")
    rate, _, delay = value.partition(",")
    try:
        share = float(rate.strip().removesuffix("%")) / (100 if "%" in rate else 1)
        length = durations.seconds(delay.strip()) if delay.strip() else None
    except (ValueError, Refused) as error:
        raise BadAssumption(given=given, expected="a share such as 12%, and a time such as 2d") from error
    if not 0 <= share <= 1:
        raise BadAssumption(given=given, expected="a share between 0% and 100%")
    return name.strip(), Stated(share, length)


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
    _print_assumptions(found)
    if found.beside:
        _print_beside(found)
    said.print(f"[dim]{', '.join(f'{name} {seconds:.2f} s' for name, seconds in found.seconds.items())}[/]")


def _print_assumptions(found: Backtest) -> None:
    """What later steps rest upon, in sentences."""
    words = {"measured": "measured of {n:,} messages", "default": "a guess: there is no history of it", "stated": "as you state"}
    for one in found.assumptions:
        if one.source == "certain":
            continue
        told = words[one.source].format(n=one.n)
        said.print(
            f"Assumed after “{one.step}”: {one.rate:.1%} bring about {one.event}, half of those within {_length(one.delay)} ({told}). "
            f"{one.lived:,} messages really went, and count as it was; {one.made:,} reactions were made up."
        )


def _length(seconds: int) -> str:
    """A length to about two figures: `1 hour 31 minutes` says too much of a guess."""
    for size, word in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= size:
            return f"{seconds / size:.2g} {word}"
    return f"{seconds} seconds"


def _print_beside(found: Backtest) -> None:
    """The second version, step by step beside the first."""
    other = found.beside or {}
    differ = other["differ"]
    said.print(
        f"\n[b]Beside it[/]: {other['entered']:,} would have entered ({other['entered'] - found.entered:+,}). {differ['runs']:,} runs of "
        f"{differ['people']:,} people went another way; {differ['only_first']:,} stand in the first only, "
        f"{differ['only_second']:,} in the second."
    )
    table = Table("step", "outcome", "first", "second", "difference", box=None)
    first = {(step, outcome or ""): count for step, outcome, _, count in found.flow}
    was = other["renamed"]
    second = {(was.get(step, step), outcome or ""): count for step, outcome, _, count in other["flow"]}
    for step, outcome in dict.fromkeys([*first, *second]):
        one, two = first.get((step, outcome), 0), second.get((step, outcome), 0)
        table.add_row(step, outcome or "still there", f"{one:,}", f"{two:,}", f"{two - one:+,}" if one != two else "")
    said.print(table)


@app.command(name="check-parity")
def check_parity(
    days: Annotated[int, typer.Option(min=1, help="How many of the last days are lived again.")] = 7,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing where all is well.")] = False,
) -> None:
    """Hold what ran against the log, visit by visit and verdict by verdict, for every journey; done every night as well.

    Ends with 1 where they differ.
    """
    from rich.progress import Progress

    with Progress(transient=True, disable=quiet) as bar:
        shown = bar.add_task("reading the log", total=None)
        found = door.check_parity(days=days, progress=lambda words: bar.update(shown, description=words))
    for one in found:
        if one.differing:
            said.print(f"[b]{one.journey}[/], version {one.number}: {one.differing:,} of {one.visits:,} visits differ from what follows.")
        if one.otherwise:
            said.print(f"[b]{one.journey}[/], version {one.number}: {one.otherwise:,} of {one.verdicts:,} verdicts of the guard differ.")
        for line in (*map(told, one.first), *map(told_verdict, one.first_otherwise)):
            said.print("  " + line)
        if not one.is_fault and not quiet:
            said.print(
                f"{one.journey}, version {one.number}: {one.visits:,} visits and {one.verdicts:,} verdicts, "
                "all as they follow from the log."
            )
    if not found and not quiet:
        said.print("Nothing has run yet.")
    if any(one.is_fault for one in found):
        raise typer.Exit(1)


def told_verdict(one: DifferingVerdict) -> str:
    """A verdict that differs, in a sentence."""

    def answer(outcome: str, reason: str) -> str:
        return f"“{outcome}”" + (f" ({reason})" if reason else "")

    return (
        f"message {one.intent} ({one.message}) of run {one.run} at “{one.step}”, judged {one.moment:%-d %B %Y %H:%M:%S}: "
        f"{answer(one.stored, one.stored_reason)}; asked again: {answer(one.follows, one.follows_reason)}"
    )


def told(one: Differing) -> str:
    """A visit that differs, in a sentence."""

    def way(at: datetime | None, outcome: str | None) -> str:
        return f"left as “{outcome}” on {at:%-d %B %Y %H:%M:%S}" if at else "still there"

    stored = way(one.stored_at, one.stored) if one.stands else "is not stored"
    follows = way(one.left_at, one.outcome) if one.follows else "nothing of the kind"
    return f"run {one.run} at “{one.step}” since {one.entered_at:%-d %B %Y %H:%M:%S}: {stored}; from the log follows: {follows}"


@journey.command(name="test")
def try_journeys(
    given: Annotated[list[str], typer.Argument(help="Documents, folders with documents, or keys of journeys.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON and nothing else.")] = False,
) -> None:
    """Live through the examples of journeys: the real steps and the guard, in memory. Exit 1 if anything goes otherwise than they say."""
    tried = door.try_all(_texts(given))
    if as_json:
        print(json.dumps([{**asdict(one), "passed": one.passed} for one in tried], ensure_ascii=False))
    else:
        for one in tried:
            said.print(f"{'[green]✓[/]' if one.passed else '[bold red]✗[/]'} [b]{one.journey}[/]: {escape(one.example)}")
            for line in one.said:
                said.print(f"    {escape(line)}", soft_wrap=True)
        failed = sum(not one.passed for one in tried)
        said.print(f"{len(tried):,} examples in {sum(one.seconds for one in tried):.1f} s, {failed:,} went otherwise.")
    if not tried or not all(one.passed for one in tried):
        raise typer.Exit(1)


def _texts(given: list[str]) -> list[str]:
    """The documents that somebody means: files, those in folders, or those of a key."""
    found = []
    for one in given:
        path = Path(one)
        files = sorted(path.rglob("*.y*ml")) if path.is_dir() else [path] if path.exists() else []
        found += [file.read_text(encoding="utf-8") for file in files] or [journeys.text_of(one)]
    return found
