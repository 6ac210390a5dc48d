"""What the simulator's customers do about a message, as its id decides: open it, follow a link, answer, leave, order more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from afterword.loop.events.types import Told

from ..simulator.payloads import SITE, SOURCE, comment, events, who
from ..simulator.types import Fate, Person
from ..types import Sent
from .lives import Terms, extra, fate
from .people import person
from .truth import ANSWERS, CLICKS, OPENS, SCANNED, UNSUBSCRIBES, effect, star_chances

KINDS = {"csat": "csat", "nps": "nps"}
ON_TIME = Fate("", 0, False, False, False)
NPS_OF_STARS = {1: (0, 1, 2, 3), 2: (3, 4, 5, 6), 3: (6, 7), 4: (8, 8, 9), 5: (9, 10, 10)}


def number(sent: Sent) -> int | None:
    """Which of our people got it; None for somebody the simulator did not invent."""
    text = sent.external_id.removeprefix("C")
    return int(text) - 1000 if sent.external_id.startswith("C") and text.isdigit() else None


def reactions(terms: Terms, sent: Sent) -> Iterator[Told]:
    """All that follows from one message, each at its instant after it was sent."""
    n = number(sent)
    if n is None:
        return
    someone = person(terms.seed, n)
    draw = Random(f"{terms.seed}/message/{_mark(sent)}")
    seen = sent.sent_at + timedelta(minutes=_minutes(draw))
    yield from _looks(sent, seen, draw)
    survey = KINDS.get(sent.message)
    if (survey or sent.message == "review_request") and draw.random() < ANSWERS[sent.message] * (0.6 + 0.8 * someone.sharpness):
        lot = fate(terms.seed, sent.reference) if sent.reference else ON_TIME
        yield _answer(sent, someone, survey, seen + timedelta(minutes=draw.uniform(1, 9)), lot, draw)
    if sent.category != "transactional" and draw.random() < UNSUBSCRIBES:
        yield from _leaves(sent, seen + timedelta(minutes=1))
    added = effect(sent.message)
    if draw.random() < added.extra_orders:
        at = sent.sent_at + timedelta(minutes=90) + timedelta(days=added.within_days) * draw.random() ** 1.5
        bought = extra(terms, someone, sent.id, at)
        yield from events(bought, terms.seed)


def _mark(sent: Sent) -> str:
    return sent.id.hex


def _minutes(draw: Random) -> float:
    """How long until it is read: within the hour, that evening, or in the next days."""
    return draw.choices((draw.uniform(3, 60), draw.uniform(60, 700), draw.uniform(700, 4000)), (0.45, 0.4, 0.15))[0]


def _looks(sent: Sent, seen: datetime, draw: Random) -> Iterator[Told]:
    if draw.random() < SCANNED:
        at = sent.sent_at + timedelta(seconds=draw.uniform(1, 9))
        yield _told(sent, "message.opened", at, "machine", by_machine=True)
        if draw.random() < 0.6:
            yield _told(sent, "message.clicked", at + timedelta(seconds=1), "machine", by_machine=True, url=SITE)
    if draw.random() < OPENS:
        yield _told(sent, "message.opened", seen, "", by_machine=False)
        if draw.random() < CLICKS[sent.category] / OPENS:
            yield _told(sent, "message.clicked", seen + timedelta(seconds=draw.uniform(5, 90)), "", by_machine=False, url=SITE)


def _answer(sent: Sent, someone: Person, survey: str | None, at: datetime, lot: Fate, draw: Random) -> Told:
    stars = draw.choices((1, 2, 3, 4, 5), star_chances(lot.late_days))[0]
    text = {"comment" if survey else "text": comment(someone, stars, draw)} if draw.random() < (0.35 if survey else 0.9) else {}
    properties: dict[str, Any] = {"journey": sent.journey, "run": str(sent.run)}
    if survey:
        properties |= {"survey": survey, "kind": survey, "score": stars if survey == "csat" else draw.choice(NPS_OF_STARS[stars])}
        name = "survey.answered"
    else:
        properties |= {"rating": stars, "language": someone.country.language, "review": f"r-{_mark(sent)[-8:]}"}
        name = "review.submitted"
    return Told(
        name, at, SOURCE, f"{_mark(sent)}:{name}", store=sent.store, who=who(someone), order_id=sent.order, message_id=sent.id,
        properties=properties, personal=text,
    )  # fmt: skip


def _leaves(sent: Sent, at: datetime) -> Iterator[Told]:
    yield _told(sent, "message.unsubscribed", at, "", purpose=sent.category)
    yield Told(
        "consent.withdrawn",
        at + timedelta(seconds=1),
        SOURCE,
        f"{_mark(sent)}:consent.withdrawn",
        store=sent.store,
        customer_id=sent.customer_id,
        properties={"channel": "email", "purpose": sent.category, "how": "unsubscribe"},
    )


def _told(sent: Sent, name: str, at: datetime, mark: str, **properties: Any) -> Told:
    return Told(
        name,
        at,
        SOURCE,
        f"{_mark(sent)}:{name}{mark}",
        store=sent.store,
        customer_id=sent.customer_id,
        message_id=sent.id,
        order_id=sent.order,
        properties={
            "message": sent.message,
            "journey": sent.journey,
            "run": str(sent.run),
            "category": sent.category,
            "channel": "email",
            **properties,
        },
    )
