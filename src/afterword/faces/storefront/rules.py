"""What the order page says: the one answer, the days, what happens next. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

Next = Literal["placed", "moving", "delivered", ""]
OPEN_FOR = timedelta(days=90)
WINDOW = 6
# What a pause can be chosen as: its key, and the words for it.
PAUSES: tuple[tuple[str, str], ...] = (("weeks", "page.pause.weeks"), ("month", "page.pause.month"), ("quarter", "page.pause.quarter"))
OFTEN = ("", "2", "1")  # messages a week; empty: no wish
EVENINGS = tuple(f"{hour}:00" for hour in range(17, 24))
MORNINGS = tuple(f"{hour:02}:00" for hour in range(6, 13))
_MONTHS = {"month": 1, "quarter": 3}
LONGEST_PAUSE = timedelta(days=731)
# The last word on a parcel → what the page answers, and what comes next.
_BY_MILESTONE: dict[str, tuple[str, Next]] = {
    "out_for_delivery": ("out", "moving"), "attempt_failed": ("attempt", "moving"), "ready_for_pickup": ("pickup", ""),
    "exception": ("held_up", "moving"), "returning": ("returning", ""), "returned": ("returning", ""),
}  # fmt: skip
ICONS = {
    "order": "receipt", "paid": "check-circle", "created": "package", "accepted": "truck", "in_transit": "truck",
    "out_for_delivery": "truck", "attempt_failed": "warning-circle", "ready_for_pickup": "map-pin", "delivered": "house-line",
    "exception": "warning-circle", "returning": "arrow-u-up-left", "returned": "arrow-u-up-left", "cancelled": "x-circle",
    "refunded": "arrow-u-up-left", "expired": "question",
}  # fmt: skip


@dataclass(frozen=True)
class State:
    """What is known of an order; days are local to whoever waits."""

    today: date
    milestone: str = ""
    shipped: bool = False
    delivered_on: date | None = None
    cancelled: bool = False
    refunded: bool = False
    promised_from: date | None = None
    promised_to: date | None = None
    first_promised_to: date | None = None


@dataclass(frozen=True)
class Answer:
    """The one answer: its key in the catalogue, the hint under it (or none), what comes next, and whether days are part of it."""

    key: str
    hint: str
    following: Next
    mood: Literal["", "good", "bad"] = ""


def quiet_hours(evening: str, morning: str) -> str | None:
    """The wish `20:00-10:00`; empty takes it back; None where it is none, such as an evening without a morning."""
    if not evening and not morning:
        return ""
    return f"{evening}-{morning}" if evening in EVENINGS and morning in MORNINGS else None


def answer(state: State) -> Answer:
    """What a customer who opens the page wants to know first."""
    if state.cancelled:
        return Answer("cancelled", "cancelled", "")
    if state.delivered_on is not None:
        return Answer("refunded", "refunded", "") if state.refunded else Answer("delivered", "delivered", "delivered", "good")
    if state.refunded:
        return Answer("refunded", "refunded", "")
    late = state.promised_to is not None and state.promised_to < state.today
    if state.milestone in _BY_MILESTONE and not (late and state.milestone == "exception"):
        key, following = _BY_MILESTONE[state.milestone]
        return Answer(key, key if key in {"attempt", "pickup"} else "", following)
    if late:
        return Answer("late", "late", "moving", "bad")
    following = "moving" if state.shipped else "placed"
    if state.promised_to is not None:
        return Answer("promised", "promised", following)
    return Answer("moving" if state.shipped else "placed", "", following)


@dataclass(frozen=True)
class Bar:
    """A stretch of the days shown, counted from 1."""

    first: int
    last: int

    @property
    def label(self) -> tuple[int, int, bool] | None:
        """Where the words stand when the bar is one day wide: first and last column, and whether before it. None: inside."""
        if self.last > self.first:
            return None
        return (self.last + 1, WINDOW, False) if self.last <= WINDOW // 2 else (1, self.first - 1, True)


@dataclass(frozen=True)
class Strip:
    """Six days in a row with the promise drawn into them, and the earlier promise where it has moved."""

    days: tuple[date, ...]
    today: date
    now: Bar
    before: Bar | None

    @property
    def column(self) -> int | None:
        """Today's column, if it is shown."""
        return self.days.index(self.today) + 1 if self.today in self.days else None


def strip(state: State) -> Strip | None:
    """The days, if they can be drawn honestly: the whole promise within six days that also hold today or begin soon after."""
    last = state.promised_to
    if last is None or last < state.today:
        return None
    first = state.promised_from or last
    moved = state.first_promised_to
    anchor = min([first, state.today, *([moved] if moved else [])])
    if (last - anchor).days >= WINDOW:
        anchor = min(first, state.today) if (last - min(first, state.today)).days < WINDOW else first
        moved = moved if moved is not None and moved >= anchor else None
    if (last - anchor).days >= WINDOW:
        return None
    spare = WINDOW - 1 - (last - anchor).days
    start = anchor - timedelta(days=min(1, spare // 2))
    days = tuple(start + timedelta(days=n) for n in range(WINDOW))
    return Strip(days, state.today, Bar(days.index(first) + 1, days.index(last) + 1), _bar(days, moved))


def _bar(days: Sequence[date], moved: date | None) -> Bar | None:
    return Bar(days.index(moved) + 1, days.index(moved) + 1) if moved in days else None


def still_open(delivered_at: datetime | None, now: datetime) -> bool:
    """Whether the order's page is still shown: until 90 days after delivery."""
    return delivered_at is None or now < delivered_at + OPEN_FOR


def mood_of(score: int, low: int, high: int) -> Literal["low", "middle", "high"]:
    """How an answer is thanked for: the lower half, the upper fifth, and what lies between."""
    share = (score - low) / (high - low)
    return "low" if share < 0.5 else "high" if share >= 0.9 else "middle"


def pause_until(chosen: str, day: str, today: date) -> date | None:
    """The last day of a pause that begins today; None where there is no such choice, or no such day to come."""
    if chosen == "weeks":
        return today + timedelta(days=14)
    if chosen in _MONTHS:
        months = today.month - 1 + _MONTHS[chosen]
        year, month = today.year + months // 12, months % 12 + 1
        return date(year, month, min(today.day, monthrange(year, month)[1]))
    try:
        last = date.fromisoformat(day)
    except ValueError:
        return None
    return last if chosen == "day" and today < last <= today + LONGEST_PAUSE else None


def last_day(until: datetime) -> date:
    """The last day that lies before this instant wholly or in part, in the instant's own zone."""
    return (until - timedelta(microseconds=1)).date()
