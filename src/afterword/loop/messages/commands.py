"""`afterword receive-mail`: what a mail server pipes to us."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from django.db import OperationalError

from afterword.kit import clock

app = typer.Typer()
LARGEST = 20_000_000  # bytes
TRY_AGAIN, TOO_LARGE = 75, 65  # sysexits.h: EX_TEMPFAIL, EX_DATAERR


@app.command("receive-mail")
def receive_mail(
    to: Annotated[list[str] | None, typer.Option(help="the address it was brought to; may be given several times")] = None,
) -> None:
    """Take in one mail from standard input: an answer, a bounce, a complaint. For a pipe in an alias of Postfix or Exim."""
    from afterword.loop.messages import door

    raw = sys.stdin.buffer.read(LARGEST + 1)
    if len(raw) > LARGEST:
        typer.echo(f"The mail is larger than {LARGEST:,} bytes.", err=True)
        raise typer.Exit(TOO_LARGE)
    try:
        done = door.receive(door.Arrival(raw, tuple(to or ())), clock.now())
    except OperationalError as fault:
        typer.echo(f"The database cannot be reached; keep the mail and try again. {fault}", err=True)
        raise typer.Exit(TRY_AGAIN) from fault
    typer.echo(done.kind)
