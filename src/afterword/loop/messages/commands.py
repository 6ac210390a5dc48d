"""`afterword receive-mail`: what a mail server pipes to us. `afterword message …`: what the shop writes, on the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from django.db import OperationalError

from afterword.kit import clock

app = typer.Typer()
message = typer.Typer(no_args_is_help=True, help="Messages: what the shop writes, and what lint finds in it.")
app.add_typer(message, name="message")
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


@app.command("collect-mail")
def collect_mail(
    key: Annotated[list[str] | None, typer.Argument(help="which mailboxes, by their key; without any, all")] = None,
    only_try: Annotated[bool, typer.Option("--try", help="sign in and look, and take nothing in")] = False,
) -> None:
    """Read the mailboxes that mail comes in by, once. The worker does so by itself. Ends with 1 where one cannot be read."""
    from afterword.kernel.errors import Failed, Refused
    from afterword.loop.channels import door as channels
    from afterword.loop.messages.actions.collect import collect

    wrong = False
    for way in channels.inbound():
        if key and way.key not in key:
            continue
        try:
            if only_try:
                there, unseen, idles = channels.try_mailbox(way.key)
                how = "says when something comes" if idles else "is asked every minute"
                typer.echo(f"{way.key}: {there} mails, {unseen} unseen; {how}")
            else:
                typer.echo(f"{way.key}: {collect(way)} taken in")
        except (Failed, Refused) as fault:
            typer.echo(f"{way.key}: {fault}", err=True)
            wrong = True
    if wrong:
        raise typer.Exit(1)


@message.command("list")
def list_messages() -> None:
    """Every message: those that ship, the shop's versions of them, and its own."""
    from afterword.loop.messages import door

    drafts, kinds = door.wordings.drafts(), door.kinds()
    for key in dict.fromkeys([*kinds, *drafts]):
        draft = drafts.get(key)
        state = "as it ships" if draft is None else f"revision {draft.live.number}" if draft.live else "draft"
        category = kinds[key].category if key in kinds else draft.wording.category if draft else ""
        typer.echo(f"{key:28} {category:14} {state}{', changed since' if draft and draft.live and draft.differs else ''}")


@message.command("lint")
def lint(key: Annotated[list[str] | None, typer.Argument(help="which messages; without any, all that the shop wrote")] = None) -> None:
    """What is wrong with messages, or odd about them. Ends with 1 where anything keeps one from being published."""
    from afterword.kernel.errors import Refused
    from afterword.loop.messages import door

    wrong = False
    try:
        for one in key or list(door.wordings.drafts()):
            found = door.trying.found(door.wordings.draft(one).wording, clock.now())
            wrong = wrong or any(finding.level == "error" for finding in found)
            typer.echo(f"{one}: {'nothing to say' if not found else ''}")
            for finding in found:
                place = " ".join(part for part in (finding.locale, finding.part, f"line {finding.line}" if finding.line else "") if part)
                typer.echo(f"  {finding.level:8} {place}: {finding.said}. {finding.mend}")
    except Refused as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(2) from refusal
    if wrong:
        raise typer.Exit(1)


@message.command("worth")
def worth(as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON and nothing else.")] = False) -> None:
    """What each message brings, in minor units of the company's currency: as it counts, as measured with its error, of how many people."""
    import json
    from dataclasses import asdict

    from afterword.loop.messages import door

    found = door.worths()
    if as_json:
        typer.echo(json.dumps([{**asdict(one), "since": one.since.isoformat()} for one in found]))
        return
    for one in found:
        of = f"{one.sent:,} sent, {one.alone:,} left alone"
        typer.echo(f"{one.message} ({one.store}): counts as {one.worth:,.0f}, measured {one.estimate:,.0f} ± {one.spread:,.0f} ({of})")
    if not found:
        typer.echo("Nothing was measured yet: it takes a holdout with a hundred people on each side whose days are over.")


@message.command("export")
def export(
    language: Annotated[str, typer.Argument(help="into which language it is to be translated, such as pt-BR")],
    file: Annotated[Path, typer.Argument(help="where it is written: .po, or .xlf (XLIFF 2.1)")],
    old: Annotated[bool, typer.Option("--xliff12", help="XLIFF 1.2 in place of 2.1")] = False,
) -> None:
    """Write what the shop wrote for translators."""
    from afterword.kernel.errors import Refused
    from afterword.loop.messages.actions.translate import export_texts

    try:
        raw = export_texts(language, "po" if file.suffix == ".po" else "xliff12" if old else "xliff")
    except Refused as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(2) from refusal
    file.write_bytes(raw)
    typer.echo(f"{file}: {len(raw):,} bytes")


@message.command("import")
def take_in(
    file: Annotated[Path, typer.Argument(help="a PO or XLIFF file that came back", exists=True, dir_okay=False)],
    language: Annotated[str, typer.Option(help="into which language, where the file does not say")] = "",
) -> None:
    """Take translations in, as drafts. Ends with 1 where some do not fit; those that do are taken."""
    from afterword.kernel.errors import Refused
    from afterword.loop.messages.actions.translate import import_texts

    try:
        done = import_texts(file.read_bytes(), at=clock.now(), by="command line", target=language)
    except Refused as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(2) from refusal
    typer.echo(f"{done.texts} texts taken, {len(done.changed)} messages changed")
    for fault in done.faults:
        typer.echo(f"  {fault.place}: {fault.fault}", err=True)
    if done.faults:
        raise typer.Exit(1)


@message.command("referrer")
def referrer(code: Annotated[str, typer.Argument(help="the code behind ?ref= of an address")]) -> None:
    """Whose link somebody followed: the customer that a code of the referral card belongs to. Ends with 1 where it is nobody's."""
    from afterword.loop.messages import door

    found = door.referrer(code)
    if found is None:
        typer.echo("That is nobody's code.", err=True)
        raise typer.Exit(1)
    typer.echo(str(found))
