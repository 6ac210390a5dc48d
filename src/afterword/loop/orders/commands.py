"""`afterword rates …`: what currencies are worth."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from afterword.kit import clock
from afterword.loop.accounts import door as accounts

from . import door

app = typer.Typer()
rates = typer.Typer(no_args_is_help=True, help="What currencies are worth in the reporting currency: shown, set by hand, read from a file.")
app.add_typer(rates, name="rates")
said = Console(highlight=False)
Source = Annotated[str, typer.Option(help="Who says so: it is kept with the rate.")]
PerBase = Annotated[
    bool,
    typer.Option("--per-base", help="The numbers say how many of it one unit of the reporting currency is worth, as central banks do."),
]


@rates.command()
def show() -> None:
    """Print the latest rate of each currency, and where one is missing."""
    base = accounts.installation().reporting_currency
    for one in door.rates_kept(base):
        said.print(f"1 {one.currency} = {one.rate.normalize():f} {base}  since {one.valid_on}, {one.source}")
    for lack in door.rates_missing(base):
        said.print(f"{lack.currency}: no rate for {lack.orders:,} orders from {lack.first_on} to {lack.last_on}")
    if not door.rates_kept(base) and not door.rates_missing(base):
        said.print(f"Everything is told in {base} so far: no rate is needed.")


@rates.command("set")
def set_rate(
    currency: Annotated[str, typer.Argument(help="Three letters, such as RON.")],
    worth: Annotated[str, typer.Argument(help="What one unit is worth in the reporting currency, such as 0.2012.")],
    source: Source,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From which day on; today unless given.")] = None,
    per_base: PerBase = False,
) -> None:
    """Set a day's rate by hand. It holds until the next one; what was told before stays as it was."""
    day = (on or clock.now()).date()
    door.keep_rates([door.rate(currency, worth, day, source, per_base=per_base)], by=None)
    said.print("Kept. What is told from now on is reckoned with it.")


@rates.command("import")
def import_rates(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV: currency, date, rate; or Date and a column a currency.")],
    source: Source,
    per_base: PerBase = False,
) -> None:
    """Read rates from a CSV file, such as the European Central Bank's (with --per-base). All of it, or nothing."""
    count = door.keep_rates(door.rates_in(file, source, per_base=per_base), by=None)
    said.print(f"{count:,} rates kept. What is told from now on is reckoned with them.")
