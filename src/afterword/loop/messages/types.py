"""What crosses the door of the messages room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from afterword.kernel.errors import Refused
from afterword.loop.conditions.types import INSTANT

Category = Literal["transactional", "service", "marketing"]
Outcome = Literal["go", "hold", "drop"]
Answer = Literal["does_not", "switched_off", "both"]  # does the shop's platform send the same already?


class NoServer(Refused):
    """No mail server is set, so nothing could leave. Set AFTERWORD_SMTP_HOST, or set up an e-mail provider under Settings → Channels."""


class NobodyCarries(Refused):
    """Nobody carries {channels} yet, so nothing could leave that way. Set somebody up under Settings → Channels."""


class NoWayThere(Refused):
    """There is no address to reach this customer by {channel}."""


class NoProvider(Refused):
    """Nobody is set up to carry {channel} for this store."""


class ProviderRests(Refused):
    """{title} fails just now and is left in peace for a while. Try again later, or look under Settings → Channels."""


class NoAnswer(Refused):
    """Say whether the shop's platform already sends the same: it does not, it no longer does, or both shall go."""


class NeverPublished(Refused):
    """“{name}” has never been published, so it cannot be sent. Publish it first."""


class NoSuchRevision(Refused):
    """The message “{key}” has no revision {number}."""


class DraftMovedOn(Refused):
    """Somebody ({who}) has changed this message since you began. Nothing of yours is lost: compare before one overwrites the other."""


class MessageKeyTaken(Refused):
    """There is a message with the key “{key}” already."""


class BadKey(Refused):
    """“{key}” cannot be a key: small letters, digits and underscores, beginning with a letter, 60 at most."""


class StillSent(Refused):
    """It is sent by {who}, so it cannot go. Have those send another message first."""


class CategoryStays(Refused):
    """“{name}” is {category}; journeys that send it rely on that. Write a new message for another kind."""


class NotAPaper(Refused):
    """It cannot be enclosed: {what}. Send a PDF."""


class PaperTooLarge(Refused):
    """It is larger than {most} bytes, which no mail should carry."""


class NotFit(Refused):
    """It cannot be published yet: {faults}"""


@dataclass(frozen=True)
class Received:
    """What a mail that came in was: a report, a reply, a machine's answer, or nothing known; and how many events it told."""

    kind: Literal["report", "reply", "automatic", "unknown"]
    told: int


@dataclass(frozen=True)
class Live:
    """A journey that reaches customers: since when, by whom, and what was answered about the shop's platform."""

    origin: str
    answer: Answer
    live_at: datetime
    by: str


@dataclass(frozen=True)
class Halt:
    """An origin that was stopped by itself: since when, why (`complaints` or `bounces`), and how many of how many sent."""

    origin: str
    since: datetime
    why: str
    part: int
    sent: int


@dataclass(frozen=True)
class Foretold:
    """So many of these would go, be held or dropped, by that channel: `language` is what people speak (empty: not known)."""

    outcome: str
    reason: str
    channel: str
    message: str
    language: str
    zone: str
    many: int


@dataclass(frozen=True)
class Foresight:
    """What would become of messages; and, where a channel is paid by the segment, in how many its words go on average.

    The keys of `segments` are channel, message, language.
    """

    counted: tuple[Foretold, ...] = ()
    segments: Mapping[tuple[str, str, str], float] = field(default_factory=dict)


@dataclass(frozen=True)
class StateGuard:
    """A reason not to send that lies in the state of things, registered by the room that knows it.

    `when` is a condition, asked of the customer and order at the moment. Empty `only` means every message but those in
    `never`. A hold is asked again when one of `wakes` becomes known, or when it is of no use any more.
    """

    name: str
    when: str
    reason: str
    outcome: Literal["hold", "drop"] = "drop"
    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    wakes: tuple[str, ...] = ()


# The questions of the guard, in the order in which they are asked, with the words that people read.
CHECKS = ("state", "channel", "consent", "suppression", "age", "pause", "quiet", "caps", "arbitration")

# The tables that the guard reads and judges, by column.
INTENT = {
    "id": "uuid", "run": "uuid", "customer_id": "uuid", "order_id": "uuid", "store": "string", "message": "string", "channel": "string",
    "category": "string", "priority": "int64", "planned_at": INSTANT, "useful_until": INSTANT, "moment": INSTANT, "ended_at": INSTANT,
}  # fmt: skip
RULES = {"store": "string", "zone": "string", "quiet_from": "string", "quiet_until": "string", "day_cap": "int64", "week_cap": "int64"}
WENT = {"customer_id": "uuid", "went_at": INSTANT}
CONSENT = {
    "customer_id": "uuid", "store": "string", "channel": "string", "purpose": "string", "known_from": INSTANT, "known_to": INSTANT,
    "state": "string", "paused_until": INSTANT,
}  # fmt: skip
# By which channels an intent may go, where more than one was asked for; and since when a channel reaches a customer.
JUDGING_WAY = {"id": "uuid", "channel": "string", "rank": "int64"}
# What each message is worth, in minor units of the company's currency, as it was known; 0 where nothing was measured.
WORTH = {"store": "string", "message": "string", "known_from": INSTANT, "known_to": INSTANT, "worth": "float64"}
REACH = {"customer_id": "uuid", "channel": "string", "known_from": INSTANT, "known_to": INSTANT}
WAYS = {"store": "string", "message": "string", "channel": "string", "rank": "int64"}
# These want no address that we would have to know, or have it with the order; those want consent even for what concerns an order.
OPEN_CHANNELS = ("email", "letter", "webhook")
CONSENTED_CHANNELS = ("sms", "whatsapp", "viber", "messenger", "telegram")
SUPPRESSED = {"customer_id": "uuid", "channel": "string", "reason": "string", "since": INSTANT}
CAMPAIGN = "campaign:"  # an origin that begins so is a campaign, and its key follows


def about(row: dict[str, Any]) -> dict[str, Any]:
    """What every event of a message says: which message, from which journey or campaign, run and step."""
    campaign = {"campaign": row["origin"].removeprefix(CAMPAIGN)} if row["origin"].startswith(CAMPAIGN) else {}
    return {
        "message": row["message"], "journey": row["origin"], "run": str(row["run"]), "step": row["step"], "category": row["category"],
        "channel": row["channel"], **campaign,
    }  # fmt: skip
