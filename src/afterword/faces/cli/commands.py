"""`afterword why`, `publish`, `withdraw`, `live` and `rehearse`."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import typer
from django.db import transaction
from rich.console import Console

from afterword.kernel.errors import Refused
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.customers import door as customers
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages

app = typer.Typer()
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


@app.command()
def publish(key: Key, by: By = "") -> None:
    """Publish the draft of a journey: from now on its trigger starts runs. Audited."""
    member = member_by(by)
    if member:
        accounts.need(member, "publish")
    with transaction.atomic():
        version = journeys.publish(key, at=clock.now(), by=member.email if member else "")
        accounts.audit(member, "journey published", key, after={"version": version.number})
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
) -> None:
    """Why a customer got a message, or did not: every run, every stay, every verdict."""
    found = list(customers.search(customer)[:6])
    if not found:
        raise NobodyFound(words=customer)
    if len(found) > 1:
        raise ManyFound(
            words=customer, count=len(found) if len(found) < 6 else "many", some=", ".join(c.email or str(c.id) for c in found[:5])
        )
    person = found[0]
    said.print(f"[b]{person.full_name or person.email or person.id}[/]  {person.email or ''}")
    passages = journeys.passages(person.id, journey)
    if not passages:
        said.print("No journey has begun for them.")
    for passage in passages:
        _print(passage)


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
