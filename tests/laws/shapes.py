"""About thirty journeys that between them use everything a journey can do; compiled once, asked of many worlds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from afterword.kernel.shapes import Event, Vocabulary, prop


@dataclass(frozen=True)
class Placed(Event):
    """An order."""

    name: ClassVar[str] = "order.placed"
    subject: ClassVar[Any] = "order"
    total_minor: int = prop("minor", "what it cost", required=True)
    gift: bool = prop("bool", "a gift")
    wanted_at: str = prop("instant", "for when it is wanted")


@dataclass(frozen=True)
class Delivered(Event):
    """The parcel is there."""

    name: ClassVar[str] = "order.delivered"
    subject: ClassVar[Any] = "order"


@dataclass(frozen=True)
class Cancelled(Event):
    """No more."""

    name: ClassVar[str] = "order.cancelled"
    subject: ClassVar[Any] = "order"


@dataclass(frozen=True)
class Answered(Event):
    """An answer."""

    name: ClassVar[str] = "survey.answered"
    score: int = prop("int", "0 to 10", required=True)
    word: str = prop("text", "a word")


@dataclass(frozen=True)
class Viewed(Event):
    """A look."""

    name: ClassVar[str] = "page.viewed"


@dataclass(frozen=True)
class Merged(Event):
    """Two customers are one."""

    name: ClassVar[str] = "customer.merged"
    loser: str = prop("uuid", "who is now known as this one", required=True)
    undone: bool = prop("bool", "taken back")


@dataclass(frozen=True)
class OfRun(Event):
    """What became of a run's message."""

    subject: ClassVar[Any] = "message"
    run: str = prop("uuid", "the run")
    journey: str = prop("text", "the journey")
    step: str = prop("text", "the step")


@dataclass(frozen=True)
class Opened(OfRun):
    """A message was opened."""

    name: ClassVar[str] = "message.opened"


@dataclass(frozen=True)
class Dropped(OfRun):
    """A message was dropped."""

    name: ClassVar[str] = "message.dropped"


@dataclass(frozen=True)
class Sent(OfRun):
    """A message went."""

    name: ClassVar[str] = "message.sent"


@dataclass(frozen=True)
class Failed(OfRun):
    """A message did not go."""

    name: ClassVar[str] = "message.failed"


EVENTS = (Placed, Delivered, Cancelled, Answered, Viewed, Merged, Opened, Dropped, Sent, Failed)
VOCABULARY = Vocabulary()
VOCABULARY.register(EVENTS)

ON_ORDER: dict[str, Any] = {"event": "order.placed"}
WAIT_ANSWER: dict[str, Any] = {"event": "survey.answered", "within": "30h"}


def shape(key: str, *steps: dict[str, Any], trigger: dict[str, Any] | None = None, subject: str = "order", **more: Any) -> dict[str, Any]:
    """A journey document; steps get ids a, b, c … unless they have one."""
    named = [{"id": "abcdefgh"[i], **s} for i, s in enumerate(steps)]
    return {"journey": key, "subject": subject, "trigger": trigger or ON_ORDER, "steps": named, **more}


SEND = {"send": "hello"}
SHAPES: tuple[dict[str, Any], ...] = (
    shape("s01", SEND),
    shape("s02", {"wait": "3h"}, SEND),
    shape("s03", {"wait": "3h"}, SEND, {"wait": "20h"}, {"send": "again"}, exit_on=["order.cancelled"]),
    shape("s04", {"wait_for": WAIT_ANSWER, "then": {"happened": "b", "timed_out": "c"}}, SEND, {"send": "reminder"}),
    shape(
        "s05",
        {"wait_for": {**WAIT_ANSWER, "look_back": "10h"}, "then": {"happened": "b", "timed_out": "c"}},
        SEND,
        {"send": "x"},
        exit_on=["order.cancelled"],
    ),
    shape("s06", {"wait_for": {"event": "order.delivered", "within": "60h"}, "then": {"happened": "b"}}, {"wait": {"at": "09:00"}}, SEND),
    shape("s07", {"wait": {"for": "2h", "at": "mon-fri 09:00"}}, SEND, exit_on=[{"event": "survey.answered", "where": "score <= 3"}]),
    shape(
        "s08",
        {"wait": {"until": "order.delivered_at + 5h", "limit": "80h"}, "then": {"done": "b", "timed_out": "c"}},
        SEND,
        {"send": "lost"},
    ),
    shape(
        "s09",
        {"wait": {"until": "order.promised_to - 6h", "limit": "50h", "at": "18:00"}},
        SEND,
        exit_on=["order.cancelled", "order.delivered"],
    ),
    shape(
        "s10",
        {"branch": {"rich": "event.total_minor > 50", "many": "count(order.placed) >= 2"}, "then": {"rich": "b", "many": "c"}},
        SEND,
        {"send": "m"},
    ),
    shape(
        "s11",
        {"wait": "4h"},
        {"branch": {"y": 'count(page.viewed, last="12h") >= 1 and not ever(survey.answered)'}, "then": {"y": "c", "otherwise": "d"}},
        SEND,
        {"send": "o"},
    ),
    shape("s12", {"split": {"l": 1, "r": 2}, "then": {"l": "b", "r": "c"}}, {"wait": "5h"}, SEND),
    shape(
        "s13",
        {"holdout": "30%", "then": {"in": "b"}},
        {"wait": "1h"},
        SEND,
        {"wait_for": {"event": "message.opened", "within": "25h"}, "then": {"happened": "e"}},
        {"send": "f"},
    ),
    shape("s14", {"wait": "1h"}, {"send": {"message": "m", "on_drop": "end"}}, {"wait": "40h"}, {"send": "n"}),
    shape("s15", SEND, trigger={**ON_ORDER, "max_age": "5h"}),
    shape("s16", SEND, {"wait": "9h"}, trigger={**ON_ORDER, "reentry": "every"}),
    shape("s17", {"wait": "2h"}, SEND, trigger={**ON_ORDER, "reentry": "once_per_customer", "where": "event.total_minor > 20"}),
    shape("s18", SEND, trigger={"event": "page.viewed", "reentry": {"quiet": "15h"}}, subject="customer"),
    shape(
        "s19",
        {"wait_for": {"event": "order.placed", "within": "50h"}, "then": {"happened": "b"}},
        SEND,
        trigger={"event": "survey.answered", "where": "event.score <= 6"},
        subject="customer",
    ),
    shape("s20", SEND, trigger={**ON_ORDER, "where": 'count(order.placed) >= 2 and customer.country in ("RO", "MD")', "reentry": "every"}),
    shape(
        "s21",
        {
            "branch": {"old": 'last(survey.answered, where=score <= 6).age < "30h"', "word": 'last(survey.answered).word == "good"'},
            "then": {"old": "b", "word": "c"},
        },
        SEND,
        {"send": "w"},
    ),
    shape(
        "s22",
        {"wait": "3h"},
        {
            "branch": {"same": 'ever(order.delivered, same="order")', "sum": 'sum(order.placed, "total_minor", last="90h") > 80'},
            "then": {"same": "c", "sum": "d"},
        },
        SEND,
        {"send": "z"},
    ),
    shape(
        "s23",
        {"wait": {"until": "order.delivered_at", "limit": "70h"}},
        {"wait_for": {**WAIT_ANSWER, "look_back": "20h"}, "then": {"timed_out": "c"}},
        SEND,
        exit_on=["order.cancelled"],
    ),
    shape(
        "s24",
        {"wait_for": {"any": ["survey.answered", {"event": "page.viewed"}], "within": "12h"}, "then": {"happened": "b", "timed_out": "c"}},
        {"wait": "12h"},
        SEND,
    ),
    shape(
        "s25",
        {
            "branch": {"t": "order.total > 30 and has(order.delivered_at)", "p": 'order.placed_at.age > "2h" or not order.total > 10'},
            "then": {"t": "b", "p": "c"},
        },
        SEND,
        {"send": "p"},
    ),
    shape(
        "s26",
        {"wait": "0s"},
        {"wait_for": {"event": "page.viewed", "within": "6h", "look_back": "6h"}, "then": {"happened": "c"}},
        SEND,
        trigger={"event": "page.viewed", "reentry": "every"},
        subject="customer",
    ),
    shape(
        "s27",
        {"wait": "7h"},
        SEND,
        trigger={"event": "survey.answered", "reentry": "every", "where": 'event.word != "bad" and not ever(order.cancelled)'},
        subject="customer",
        exit_on=["page.viewed"],
    ),
    shape(
        "s28",
        {"split": {"by": "customer", "arms": {"x": 1, "y": 1, "z": 3}}, "then": {"x": "b", "y": "c", "z": "d"}},
        {"wait": "2h"},
        {"wait": {"business_days": 2, "holidays": "RO", "at": "10:00"}},
        {"wait": {"at": "09:00"}},
        SEND,
        {"exit": "done"},
    ),
    shape(
        "s29",
        {
            "branch": {
                "avg": 'avg(order.placed, "total_minor") / 2 > 15',
                "max": 'max(survey.answered, "score") >= 9',
                "first": "first(survey.answered).score < 4",
            },
            "then": {"avg": "b", "max": "c", "first": "d"},
        },
        SEND,
        {"send": "q"},
        {"send": "r"},
    ),
    shape(
        "s30",
        {
            "wait_for": {
                "event": "survey.answered",
                "within": "24h",
                "same": "customer",
                "where": 'score > 6 and word in ("good", "fine")',
            },
            "then": {"happened": "b", "timed_out": "c"},
        },
        {"wait": {"until": "order.promised_to + 3h", "limit": "30h"}},
        SEND,
        exit_on=["order.cancelled", {"event": "order.placed", "same": "customer"}],
    ),
    shape(
        "s31",
        {"wait": "1h"},
        {"send": {"message": "m", "useful_for": "30h"}},
        {"wait_for": {"event": "message.opened", "within": "15h", "from": "sent"}, "then": {"happened": "d", "timed_out": "e"}},
        SEND,
        {"wait_for": {"any": ["survey.answered", "message.opened"], "within": "40h", "from": "b"}, "then": {"happened": "f"}},
        {"send": "late"},
        trigger={**ON_ORDER, "reentry": "every"},
        exit_on=["order.cancelled"],
    ),
    shape(
        "s32",
        {"wait": {"until": "event.wanted_at - 4h", "limit": "70h"}, "then": {"done": "b", "timed_out": "c"}},
        SEND,
        {"send": "unknown"},
        exit_on=["order.cancelled"],
    ),
)
