"""`afterword campaign …`: campaigns on the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from afterword.kernel.errors import Refused
from afterword.kit import clock
from afterword.loop.accounts import door as accounts

from . import door

app = typer.Typer()
campaign = typer.Typer(no_args_is_help=True, help="Campaigns: one message to everybody of a segment, at one time.")
app.add_typer(campaign, name="campaign")
said = Console(highlight=False)
Key = Annotated[str, typer.Argument(help="The campaign's key.")]
By = Annotated[str, typer.Option("--by", help="The address of the member who does it; without one, the installation itself.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON and nothing else.")]


class NoMember(Refused):
    """Nobody of the team has the address {email}."""


class NoInstant(Refused):
    """“{text}” is no instant. Write it as 2026-05-04T09:00+02:00."""


def _member(email: str) -> accounts.Member | None:
    member = accounts.member_by_email(email) if email else None
    if email and member is None:
        raise NoMember(email=email)
    return member


@campaign.command("list")
def list_campaigns(as_json: Json = False) -> None:
    """Every campaign, the latest first, with what became of its messages."""
    lines = door.overview()
    if as_json:
        typer.echo(json.dumps([door.facts(door.one(line.key)) for line in lines], ensure_ascii=False))
        return
    table = Table("key", "name", "state", box=None, pad_edge=False)
    for heading in ("sent", "waiting", "kept back", "failed"):
        table.add_column(heading, justify="right")
    for line in lines:
        counts = (line.by.get(word, 0) for word in ("sent", "waiting", "kept_back", "failed"))
        table.add_row(line.key, escape(line.name), line.state, *(f"{count:,}" for count in counts))
    said.print(table)


@campaign.command()
def show(key: Key, as_json: Json = False) -> None:
    """One campaign: its plan, what became of its messages, why some were kept back, what people did."""
    row = door.one(key)
    reacted = door.figures.reactions(row)
    if as_json:
        typer.echo(json.dumps({**door.facts(row), "reactions": reacted, "reasons": door.reasons(key)}, ensure_ascii=False))
        return
    said.print(f"[b]{escape(row.name)}[/] ({key}), {row.state}")
    for name, value in row.plan.items():
        said.print(f"  {name}: {escape(str(value))}")
    for word, count in door.tallies([key]).get(key, {}).items():
        said.print(f"{word.replace('_', ' ')}: {count:,}")
    for state, reason, count in door.reasons(key):
        said.print(f"  {state}, {escape(reason)}: {count:,}")
    said.print(", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in reacted.items()))
    for arm in door.figures.arms(row, clock.now()) if len(row.plan["messages"]) > 1 else ():
        said.print(f"  {arm.name}: {arm.did:,} of {arm.ripe:,} whose time is over ({arm.people:,} in all)")


@campaign.command()
def foresee(key: Key, at: Annotated[str, typer.Option(help="As if it went then; now without it.")] = "", as_json: Json = False) -> None:
    """Who would get it and who would not, and why. Nothing is sent and nothing is kept."""
    found = door.foresee(key, _instant(at) if at else clock.now())
    if as_json:
        typer.echo(json.dumps(found.plain(), ensure_ascii=False))
        return
    said.print(f"{found.people:,} people: {found.go:,} would get it.")
    said.print(f"left alone: {found.everywhere:,} by the holdout of everything, {found.held_out:,} by this one's.")
    for outcome, reason, count in found.back:
        said.print(f"  {'would wait' if outcome == 'hold' else 'would not go'}, {escape(reason)}: {count:,}")
    for way in found.channels:
        said.print(f"by {way.channel}: {way.go:,}{f', {way.hold:,} more would wait' if way.hold else ''}; {_cost(way)}")
    for word, counted in (("read in", found.languages), ("local time of", found.zones)):
        if counted:
            said.print(f"{word}: " + ", ".join(f"{escape(name)} {many:,}" for name, many in counted[:12]))


def _cost(way: door.ByChannel) -> str:
    """What a channel costs, in words; hundredths of its currency as it is written there."""
    if way.minor is None:
        return "what it costs is not known: no price is set"
    if not way.minor:
        return "costs nothing"
    parts = f" ({way.segments:.2f} segments each)" if way.segments else ""
    most = f", {way.most_minor / 100:,.2f} with those who wait" if way.most_minor and way.most_minor != way.minor else ""
    return f"costs about {way.minor / 100:,.2f} {way.currency}{most}{parts}"


@campaign.command("try")
def try_on(
    key: Key,
    to: Annotated[str, typer.Option("--to", help="The address of the member who gets it.")],
    address: Annotated[str, typer.Option(help="Theirs in the campaign's channel, where that is not mail: a number, or an id.")] = "",
    arm: Annotated[str, typer.Option(help="Which of its messages, where several are held against each other.")] = "A",
    language: Annotated[str, typer.Option(help="Another language than the person's own.")] = "",
) -> None:
    """Send it to a member as somebody of its segment would read it; its links lead nowhere, and it counts nowhere. Audited."""
    member = _member(to)
    if member is None:
        raise NoMember(email=to)
    went = door.try_on(key, to=member, address=address, arm=arm, locale=language, at=clock.now())
    said.print(f"Sent to {escape(address or member.email)}, in the language {went}.")


@campaign.command()
def start(key: Key, by: By = "") -> None:
    """Have a draft go when its time comes. Audited."""
    row = door.start(key, at=clock.now(), by=_member(by))
    said.print(f"“{escape(row.name)}” goes at {row.release_at:%-d %b %Y %H:%M %Z}{'' if row.plan['live'] else ', to the mailbox here'}.")


@campaign.command()
def stop(key: Key, by: By = "") -> None:
    """What has not gone does not go. Audited."""
    said.print(f"Stopped. {door.stop(key, at=clock.now(), by=_member(by)):,} messages that had not gone do not go.")


@campaign.command()
def pause(key: Key, by: By = "") -> None:
    """Nothing goes until it is resumed. Audited."""
    said.print(f"Paused. {door.pause(key, at=clock.now(), by=_member(by)):,} messages wait.")


@campaign.command()
def resume(key: Key, by: By = "") -> None:
    """It goes on; what waited is judged again. Audited."""
    said.print(f"It goes on with {door.resume(key, at=clock.now(), by=_member(by)):,} messages.")


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as fault:
        raise NoInstant(text=text) from fault
    return at if at.tzinfo else at.replace(tzinfo=UTC)
