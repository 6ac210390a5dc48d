"""`afterword why`, `publish`, `withdraw`, `live`, `rehearse`, `hand …` for what is under way, `approvals …` for a second person's word."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
import typer
from django.db import transaction
from django.utils import translation
from rich.console import Console
from rich.markup import escape

from afterword.faces.queries import Question, questions
from afterword.kernel.errors import Refused
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.types import Deed
from afterword.loop.customers import door as customers
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages

from . import actions

app = typer.Typer()
_ID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
hand = typer.Typer(no_args_is_help=True, help="Pause, resume and stop versions; move runs; take one out. With --foresee nothing is done.")
app.add_typer(hand, name="hand")
second = typer.Typer(no_args_is_help=True, help="What waits for a second person: list, show, approve, refuse. Nobody decides their own.")
app.add_typer(second, name="approvals")
said = Console(highlight=False)


class NobodyFound(Refused):
    """Nobody is found by “{words}”. Give a name, an e-mail address or an order number."""


class ManyFound(Refused):
    """“{words}” finds {count} people: {some}. Say more."""


class NoMember(Refused):
    """Nobody of the team has the address {email}."""


class Platform(StrEnum):
    """What the shop's own platform does about the same messages."""

    does_not = "does-not"
    switched_off = "switched-off"
    both = "both"


By = Annotated[str, typer.Option("--by", help="The address of the member who does it; without one, the installation itself.")]
Key = Annotated[str, typer.Argument(help="The key of a journey.")]
Days = Annotated[int, typer.Option(min=0, max=365, help="Also let in who did what it waits for in so many days before.")]
Since = Annotated[
    datetime | None,
    typer.Option(help="Also let in who did what it waits for since then.", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"]),
]
Number = Annotated[int, typer.Argument(help="The number of a version.")]
Foresee = Annotated[bool, typer.Option("--foresee", help="Only say, as JSON, whom it would touch.")]
Steps = Annotated[list[str], typer.Option("--step", help="old=new, once for each step; whoever stands elsewhere stays.")]


@app.command()
def publish(key: Key, by: By = "", days: Days = 0, since: Since = None) -> None:
    """Publish the draft of a journey: from now on its trigger starts runs. Audited."""
    member = member_by(by)
    if member:
        accounts.need(member, "publish")
    with transaction.atomic():
        now = clock.now()
        begin = since.replace(tzinfo=since.tzinfo or UTC) if since else now - timedelta(days=days) if days else None
        version = journeys.publish(key, at=now, by=member.email if member else "", since=begin)
        earlier = {"since": begin.isoformat()} if begin else {}
        accounts.audit(member, "journey published", key, after={"version": version.number, **earlier})
    said.print(f"Version {version.number} of “{key}” is on.")


@app.command()
def withdraw(key: Key, by: By = "") -> None:
    """Take a journey off: nobody enters any more, those under way go on. Audited."""
    member = member_by(by)
    if member:
        accounts.need(member, "publish")
    with transaction.atomic():
        journeys.withdraw(key)
        accounts.audit(member, "journey withdrawn", key)
    said.print(f"“{key}” is off. Those under way go on.")


@app.command()
def live(
    key: Key,
    platform: Annotated[Platform | None, typer.Option(help="Does the shop's platform send the same already? It must be said.")] = None,
    by: By = "",
) -> None:
    """Let a journey write to customers. Until then it rehearses: what it sends goes to the mailbox. Audited."""
    name = journeys.known(key).name
    people, letters = messages.listing.reached(key, clock.now() - timedelta(days=7))
    messages.go_live(key, answer=platform.value.replace("-", "_") if platform else "", by=member_by(by), at=clock.now())
    said.print(f"“{name}” is live. In the last seven days it would have written {letters:,} letters to {people:,} people.")


@app.command()
def rehearse(key: Key, by: By = "") -> None:
    """Let a journey rehearse again: what it sends goes to the mailbox, and nobody outside gets it. Audited."""
    name = journeys.known(key).name
    messages.rehearse(key, by=member_by(by), at=clock.now())
    said.print(f"“{name}” rehearses.")


def member_by(email: str) -> accounts.Member | None:
    """The member of this address; None for the installation itself."""
    if not email:
        return None
    member = accounts.member_by_email(email)
    if member is None:
        raise NoMember(email=email)
    return member


@app.command()
def why(
    customer: Annotated[str, typer.Argument(help="A name, an e-mail address or an order number.")],
    journey: Annotated[str, typer.Argument(help="The key of a journey; all of them by default.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Of one journey: print the answer as JSON and nothing else.")] = False,
    language: Annotated[str, typer.Option(hidden=True)] = "en",
) -> None:
    """Why a customer got a message, or did not: every run, every stay, every verdict.

    With a journey, also why they did not enter, and what every condition saw at its moment.
    """
    if as_json and journey and _ID.match(customer):
        with translation.override(language):
            print(msgspec.json.encode(journeys.reasons(UUID(customer), journey)).decode())
        return
    found = list(customers.search(customer)[:6])
    if not found:
        raise NobodyFound(words=customer)
    if len(found) > 1:
        raise ManyFound(
            words=customer, count=len(found) if len(found) < 6 else "many", some=", ".join(c.email or str(c.id) for c in found[:5])
        )
    person = found[0]
    said.print(f"[b]{person.full_name or person.email or person.id}[/]  {person.email or ''}")
    if journey:
        explained = journeys.reasons(person.id, journey)
        if as_json:
            print(msgspec.json.encode(explained).decode())
        else:
            _explain(explained)
        return
    passages = journeys.passages(person.id, journey)
    if not passages:
        said.print("No journey has begun for them.")
    for passage in passages:
        _print(passage)


def _explain(told: journeys.Explained) -> None:
    """Why they entered or did not, and each stay with what was seen."""
    said.print(f"[b]{told.name}[/]{'' if told.is_on else ', which is off'}")
    if not told.entering:
        said.print(f"They never entered: {journeys.spoken_event(told.event)} was never told of them.")
    for one in told.entering:
        said.print(f"{journeys.spoken_event(one.event).capitalize()}, known on {one.known_at:%a %-d %b %Y %H:%M}: {one.words}.")
        _say_parts(one.parts)
    for run, version, stays in told.runs:
        said.print(f"\nRun {run}, version {version}")
        for stay in stays:
            when = f"{stay.left_at:%a %-d %b %Y %H:%M}" if stay.left_at else "now"
            said.print(f"  {when}  {stay.step}{f': {stay.outcome}' if stay.outcome else ''}; {escape(stay.words)}")
            for name, holds, parts in stay.cases:
                said.print(f"      {name}: {'yes' if holds else 'no'}")
                _say_parts(parts)


def _say_parts(parts: tuple[journeys.Part, ...]) -> None:
    for part in parts:
        seen = "" if part.type == "bool" else f", seen: {'nothing' if part.value is None else part.value}"
        said.print(f"        {'yes' if part.holds else 'no '}  {escape(part.text)}{escape(seen)}")


def _print(passage: journeys.Passage) -> None:
    said.print(f"\n[b]{passage.journey}[/], version {passage.version}, began {passage.began_at:%a %-d %b %Y %H:%M}")
    sent = {m["step"]: m for m in passage.messages}
    for visit in passage.visits:
        said.print(f"  {visit['left_at']:%a %-d %b %H:%M}  {visit['step']}: {visit['outcome']}")
        message = sent.get(visit["step"])
        if message:
            said.print(f"      {message['message']}: {message['state']}{', ' + message['reason'] if message['reason'] else ''}")
    if passage.stands_at:
        said.print(f"  now at {passage.stands_at}" + (f", until {passage.due_at:%a %-d %b %Y %H:%M}" if passage.due_at else ""))


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


Which = Annotated[str, typer.Argument(help="What list prints: journey:KEY or campaign:KEY; the key alone where it is clear.")]
Decider = Annotated[str, typer.Option("--by", help="The address of the member who decides; never whoever asked.")]
Reach = Annotated[str, typer.Option("--by", help="The address of a member: only what they can reach.")]
Mark = Annotated[str, typer.Option(help="What show printed: refused where it has changed since.")]


@second.command("list")
def list_questions(by: Reach = "", as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """What waits, the oldest first; with --by only what that member can reach."""
    stores = accounts.person(member).stores if (member := member_by(by)) else None
    found = questions(None if stores is None else sorted(stores))
    if as_json:
        typer.echo(json.dumps([_plain_question(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        stale = "; changed since, so it cannot be approved" if one.stale else ""
        said.print(f"[b]{one.which}[/]  {escape(one.name)}: {one.asked.asked_by.email}, {one.asked.asked_at:%-d %b %Y %H:%M}{stale}")
    if not found:
        said.print("Nothing waits.")


@second.command("show")
def show_question(which: Which) -> None:
    """One of them: who asked and why, what it would change or whom it would reach, and the mark by which it is approved."""
    one = actions.question(which, None)
    asked = one.asked
    said.print(f"[b]{escape(one.name)}[/] ({one.which}), mark {asked.mark[:12]}{'; changed since it was asked' if one.stale else ''}")
    said.print(f"{asked.asked_by.email} asks, {asked.asked_at:%-d %b %Y %H:%M}{f': “{escape(asked.note)}”' if asked.note else '.'}")
    for line in actions.lines_of(one):
        said.print(f"  {escape(line)}", soft_wrap=True)


@second.command()
def approve(which: Which, by: Decider, word: Annotated[str, typer.Option("--said", help="A word to them.")] = "", mark: Mark = "") -> None:
    """Approve it, which publishes the journey or starts the campaign. Audited."""
    done = actions.decide(which, approved=True, by=_decider(by), at=clock.now(), said=word, mark=mark)
    said.print(f"Approved. “{escape(done.name)}” {'goes when its time comes' if done.campaign else 'is on'}.")


@second.command()
def refuse(which: Which, by: Decider, word: Annotated[str, typer.Option("--said", help="Why; whoever asked reads it.")]) -> None:
    """Send it back, with the reason. Audited."""
    done = actions.decide(which, approved=False, by=_decider(by), at=clock.now(), said=word)
    said.print(f"“{escape(done.name)}” was sent back.")


def _decider(email: str) -> accounts.Member:
    member = member_by(email)
    if member is None:
        raise NoMember(email=email)
    return member


def _plain_question(one: Question) -> dict[str, object]:
    asked = one.asked
    return {
        "which": one.which, "name": one.name, "mark": asked.mark, "asked_by": asked.asked_by.email, "asked_at": asked.asked_at.isoformat(),
        "note": asked.note, "changed_since": one.stale,
    }  # fmt: skip
