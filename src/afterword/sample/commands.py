"""`afterword replay`, `afterword simulate` and `afterword leave-sample`."""

from __future__ import annotations

import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from afterword.faces.mailbox.jobs import beside
from afterword.kit import clock, sql

from . import door
from .actions import replay as driver
from .types import Progress as Replayed
from .types import Source

app = typer.Typer()
said = Console(stderr=True, highlight=False)
DRIVER = "afterword loop"


@app.command()
def replay(
    shop: Annotated[str, typer.Option(help="sample, olist or online-retail.")] = "sample",
    data: Annotated[Path | None, typer.Option(help="The folder with that shop's data.")] = None,
    step: Annotated[float, typer.Option(help="Hours of shop time a step.", min=0.25, max=24)] = driver.STEP / timedelta(hours=1),
    speed: Annotated[float | None, typer.Option(help="Shop seconds a real second; 0 is as fast as it goes.", min=0)] = None,
    pause: Annotated[bool, typer.Option("--pause", help="Pause a replay that runs.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Let a paused replay go on.")] = False,
    live: Annotated[bool, typer.Option("--live", help="Afterwards go on living in real time.")] = False,
    seed: Annotated[int, typer.Option(help="The simulator's seed.")] = 7,
    customers: Annotated[int, typer.Option(help="Of the simulator: how many come.", min=1, max=200_000)] = 2000,
    days: Annotated[int, typer.Option(help="Of the simulator: how many days are lived through.", min=1, max=1000)] = 182,
    until: Annotated[
        datetime | None, typer.Option(help="Of the simulator: when its past ends (UTC); the present hour unless given.")
    ] = None,
) -> None:
    """Live through a shop's history by the real loop; killed and started again it goes on where it stood."""
    if pause or resume:
        driver.set_pace(paused=pause)
        said.print("Paused." if pause else "Going on.")
        return
    there = driver.progress()
    if there is not None and there.done and there.shop == shop and (not live or door.is_living() or shop != "sample"):
        said.print(f"{shop} has been lived through already.")
        return
    source = door.source(shop, data, seed=seed, customers=customers, days=days, until=_utc(until))
    mailbox = beside()
    try:
        with sql.hold(DRIVER, wait=True):  # from the first instant on: a worker beside it would seal up to the real time
            _shown(driver.begin(source, seed=seed, data=str(data.resolve()) if data else "", step=timedelta(hours=step)))
            if speed is not None:
                driver.set_pace(speed=speed)
            end = _lived(source)
            if end.done and live:
                door.go_live(source)
    finally:
        mailbox.stop()
    said.print(f"{end.events:,} events, {end.messages:,} messages, up to {end.at:%-d %B %Y %H:%M} UTC.")
    for what, count in end.left_out.items():
        said.print(f"  the data lack: {what}: {count}")


def _utc(given: datetime | None) -> datetime | None:
    return None if given is None else given.replace(tzinfo=UTC)


def _shown(state: Replayed) -> None:
    said.print(f"{state.shop}: {state.starts_at:%-d %B %Y} to {state.ends_at:%-d %B %Y}, now at {state.at:%-d %B %Y}")


def _lived(source: Source) -> Replayed:
    """Replay with a bar; Ctrl-C and SIGTERM end it after the step at hand."""
    stopping: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    with Progress(*columns, console=said, disable=not said.is_terminal) as bar:
        task = bar.add_task("living through it", total=1.0)

        def watch(state: Replayed) -> None:
            bar.update(task, completed=state.share, description=f"{state.at:%-d %b %Y}  {state.messages:,} messages")

        return driver.replay(source, watch=watch, stop=lambda: bool(stopping))


@app.command()
def simulate(
    customers: Annotated[int, typer.Option(help="How many customers.", min=1)] = 2000,
    days: Annotated[int, typer.Option(help="How many days.", min=1)] = 180,
    seed: Annotated[int, typer.Option(help="The seed: the same seed is the same shop.")] = 7,
    until: Annotated[datetime | None, typer.Option(help="When they end (UTC); the present hour unless given.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the events to a JSON Lines file; - for standard output.")] = None,
) -> None:
    """Make the simulator's events without living through them."""
    count = door.write_events(door.simulated(customers=customers, days=days, seed=seed, until=_utc(until) or clock.real_now()), out)
    said.print(f"{count:,} events.")


@app.command("leave-sample")
def leave_sample(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Leave the sample shop behind: its events, customers, orders and messages go, what you set up (team, stores, keys) stays."""
    if not yes:
        typer.confirm("All events, customers, orders, journeys and messages of this installation will be gone. Go on?", abort=True)
    said.print(f"Left behind, with {door.leave_behind():,} events. The team, keys, settings and the stores you made are as they were.")
