"""What crosses the door of campaigns: a plan, what it may be, what became of it, and what can be wrong."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from afterword.kernel.errors import Refused

KindName = Literal["offer", "product_update", "announcement", "incident", "invitation"]
Metric = Literal["clicked", "bought", "answered"]
Rule = Literal["fixed", "always_valid"]
State = Literal["draft", "scheduled", "sending", "paused", "stopped", "cancelled", "done"]

EVERYWHERE, HELD_OUT = "everywhere", "held_out"  # arms of people who get nothing: of the holdout of everything, and of this campaign's
FIRST, REST = "first", "rest"  # who is written to when it is let go, and who waits for what the test says
ARMS = ("A", "B", "C", "D")


class NoSuchCampaign(Refused):
    """There is no campaign “{key}”."""


class BadCampaign(Refused):
    """{field}: {fault}."""


class NotNow(Refused):
    """“{name}” cannot be {deed} any more: it is {state}."""


class NeedsApproval(Refused):
    """Here a second person approves what is sent. Ask for it first: “{name}”, as it stands now, was not approved."""


class NobodyThere(Refused):
    """There is nobody in “{segment}” yet to try it on."""


class NotTaken(Refused):
    """It could not be sent to you: {said}"""


class TooManyTests(Refused):
    """You have tried campaigns {many} times within an hour, and that is enough. Try again in a while."""


class NoTestAddress(Refused):
    """{why}"""


class NotATestAddress(Refused):
    """“{given}” is no address of this channel. {wanted}"""


class AlreadyDecided(Refused):
    """Which one goes to the rest is decided already."""


@dataclass(frozen=True)
class Kind:
    """A kind of campaign: the least strict class its messages may have, the legal ground, and how long it is of use, in hours."""

    key: KindName
    category: Literal["transactional", "service", "marketing"]
    ground: str
    useful_hours: int


KINDS: dict[str, Kind] = {
    one.key: one
    for one in (
        Kind("offer", "marketing", "their consent (GDPR, article 6 (1) a), or the soft opt-in for like goods (ePrivacy, 13 (2))", 72),
        Kind("invitation", "marketing", "their consent (GDPR, article 6 (1) a)", 72),
        Kind("announcement", "marketing", "their consent (GDPR, article 6 (1) a)", 72),
        Kind("product_update", "service", "the contract about what they own (GDPR, article 6 (1) b)", 168),
        Kind("incident", "transactional", "a legal duty or the contract (GDPR, article 6 (1) c and b)", 72),
    )
}  # fmt: skip
STRICTNESS = ("transactional", "service", "marketing")


@dataclass(frozen=True)
class Plan:
    """Everything that is decided about a campaign before it starts. It never changes afterwards.

    `hour` and `day` are local to each person where `timing` is `local`; `at`, `event_at` and `event_until` are instants (ISO 8601).
    `event_title` is the campaign's name where it is empty. `channel` is one, or `auto`: what each person prefers. Shares lie between 0
    and 1.
    `base` is how many in a hundred are expected to do what is measured, `smallest` the smallest difference worth telling, both
    as shares.
    """

    kind: str = "offer"
    segment: str = ""
    store: str = "main"
    messages: tuple[str, ...] = ()
    timing: Literal["now", "at", "local"] = "now"
    at: str = ""
    day: str = ""
    hour: str = ""
    late: Literal["at_once", "next_day"] = "next_day"
    per_minute: int = 0
    priority: int = 1
    useful_hours: int = 72
    event_at: str = ""
    event_until: str = ""
    event_title: str = ""
    place: str = ""
    channel: str = "email"
    holdout: float = 0.0
    test_share: float = 1.0
    metric: Metric = "clicked"
    within_days: int = 3
    rule: Rule = "fixed"
    base: float = 0.03
    smallest: float = 0.01
    winner: Literal["auto", "by_hand"] = "auto"
    unclear: Literal["first", "wait"] = "first"
    live: bool = False

    @property
    def arms(self) -> tuple[tuple[str, str], ...]:
        """Each arm with its message."""
        return tuple(zip(ARMS, self.messages, strict=False))

    @property
    def tests(self) -> bool:
        """Whether several messages are held against each other."""
        return len(self.messages) > 1

    @property
    def ground(self) -> str:
        """Why it is allowed to be sent."""
        return KINDS[self.kind].ground

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "messages": list(self.messages)}

    @staticmethod
    def of(given: dict[str, Any]) -> Plan:
        """From JSON."""
        return Plan(**{**given, "messages": tuple(given.get("messages", ()))})


@dataclass(frozen=True)
class Arm:
    """What became of one arm so far. Of `people`, those whose time is over are `ripe`; of these, so many did what is measured."""

    name: str
    people: int = 0
    sent: int = 0
    ripe: int = 0
    did: int = 0


@dataclass(frozen=True)
class Pair:
    """Two arms against each other: the difference of their shares (first minus second) with its interval."""

    first: str
    second: str
    difference: float
    low: float
    high: float

    @property
    def told(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Verdict:
    """What the stopping rule says: not yet, a winner, or that no difference can be told."""

    state: Literal["not_yet", "won", "unclear"]
    winner: str = ""
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class Sums:
    """Of so many people so many bought, in so many orders, for so much in all (minor units of the company's currency)."""

    people: int
    bought: int
    orders: int
    spent: int


@dataclass(frozen=True)
class Effect:
    """What a campaign did within so many days, to those it was for against those who were left alone.

    `share` is the difference of the shares who bought, `orders` and `money` those of orders and money a head, each with its interval
    (95 %); None where there are too few people or buyers to say anything. `smallest` is the smallest difference of shares that so many
    people could tell in four of five cases; None where they could tell none.
    """

    against: str
    days: int
    written: Sums
    alone: Sums
    share: tuple[float, float, float] | None
    orders: tuple[float, float, float] | None
    money: tuple[float, float, float] | None
    smallest: float | None


@dataclass(frozen=True)
class ByChannel:
    """What one channel would carry: how many go and how many wait first, in how many segments each on average, and what that costs.

    `each_minor` and `minor` (of those that go; with those that wait, `most_minor`) are in minor units of `currency`; None where nobody
    has said what it costs. `segments` is None where the channel is not paid by the segment.
    """

    channel: str
    go: int
    hold: int
    segments: float | None = None
    each_minor: float | None = None
    minor: int | None = None
    most_minor: int | None = None
    currency: str = ""


@dataclass(frozen=True)
class Foreseen:
    """Who would get it and who would not, by reason, at a moment; how many each holdout leaves alone; by which channels and at what cost.

    `languages`: in which language those who get it, at once or later, read it; `zones`: whose clocks they live by; how many each.
    """

    at: datetime
    people: int
    go: int
    everywhere: int
    held_out: int
    back: tuple[tuple[str, str, int], ...] = field(default=())  # hold or drop, the reason, how many
    channels: tuple[ByChannel, ...] = ()
    languages: tuple[tuple[str, int], ...] = ()
    zones: tuple[tuple[str, int], ...] = ()

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "at": self.at.isoformat()}
