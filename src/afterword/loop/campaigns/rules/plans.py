"""Whether a plan can be carried out, in words beside the field that is wrong; and what it amounts to."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from json import dumps

from ..types import ARMS, KINDS, STRICTNESS, BadCampaign, Plan

MOST_HOLDOUT, MOST_DAYS, MOST_HOURS, MOST_A_MINUTE = 0.5, 60, 24 * 30, 100_000
OF_AN_ORDER = frozenset({"number", "days", "was", "carrier", "placed", "score", "scale"})  # words that texts may ask for
OF_A_MOMENT = frozenset({
    "confirm_consent", "first_care_1", "first_care_2", "enjoy_planned", "enjoy_impulse", "review_thanks", "low_review_care",
})  # fmt: skip
MOST_EVENT = timedelta(days=31)
LATER = ("event_until", "event_title", "channel")
CHOICES = {
    "timing": ("now", "at", "local"), "late": ("at_once", "next_day"), "metric": ("clicked", "bought", "answered"),
    "rule": ("fixed", "always_valid"), "winner": ("auto", "by_hand"), "unclear": ("first", "wait"), "kind": tuple(KINDS),
}  # fmt: skip


def key_from(name: str) -> str:
    """A key from a name: small letters, digits, underscores."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:60]


def mark(name: str, plan: Plan) -> str:
    """A digest of everything that somebody approves. What plans did not know at first counts only where it says something."""
    said = {field: value for field, value in plan.plain().items() if field not in LATER or value != getattr(Plan, field)}
    return sha256(dumps([name, said], sort_keys=True).encode()).hexdigest()[:32]


def category_of(plan: Plan, of_message: str) -> str:
    """The class a message has in a campaign: the stricter of its own and of the kind's, so that no kind loosens anything."""
    return max(of_message, KINDS[plan.kind].category, key=STRICTNESS.index)


def speaks_of_one(message: str, uses: Collection[str]) -> bool:
    """Whether a message that ships speaks of one order, or of something that has just happened to somebody: not of use to many at once."""
    return message in OF_A_MOMENT or bool(OF_AN_ORDER & set(uses))


def checked(plan: Plan, segments: Collection[str], messages: Mapping[str, bool], channels: Collection[str] = ("email", "auto")) -> Plan:
    """The plan, or a refusal that names the field. Raises BadCampaign.

    Args:
        messages: those that can be sent, and whether each speaks of one order or moment.
        channels: those that somebody carries for its store, and `auto`.
    """
    for name, allowed in CHOICES.items():
        _need(getattr(plan, name) in allowed, name, f"must be one of {', '.join(allowed)}")
    _need(plan.segment in segments, "segment", "choose one that is there")
    _need(0 < len(plan.messages) <= len(ARMS), "message", f"choose one, or up to {len(ARMS)} to hold against each other")
    _need(all(one in messages for one in plan.messages), "message", "there is no such message")
    _need(
        not any(messages[one] for one in plan.messages), "message", "it speaks of one order or of what has just happened, so not to many"
    )  # fmt: skip
    _need(len(set(plan.messages)) == len(plan.messages), "message", "the same one stands there twice")
    _need(0 <= plan.holdout <= MOST_HOLDOUT, "holdout", "between 0 and 50 percent")
    _need(plan.priority in (0, 1, 2), "priority", "high, normal or low")
    _need(0 <= plan.per_minute <= MOST_A_MINUTE, "per_minute", f"between 0 (as fast as it goes) and {MOST_A_MINUTE:,}")
    _need(1 <= plan.useful_hours <= MOST_HOURS, "useful_hours", f"between 1 and {MOST_HOURS} hours")
    _need(plan.channel in channels, "channel", "nobody carries that channel for this store")
    _timed(plan)
    if plan.tests:
        _tested(plan)
    if plan.kind == "invitation":
        _invites(plan)
    return plan


def _invites(plan: Plan) -> None:
    first, last = _instant(plan.event_at), _instant(plan.event_until)
    _need(first is not None, "event_at", "an invitation says when it is")
    _need(not plan.event_until or last is not None, "event_until", "say the day and the hour")
    if first and last:
        _need(first < last, "event_until", "it ends after it has begun")
        _need(last - first <= MOST_EVENT, "event_until", f"at most {MOST_EVENT.days} days after it has begun")


def _timed(plan: Plan) -> None:
    if plan.timing == "at":
        _need(_instant(plan.at) is not None, "at", "say the day and the hour")
    if plan.timing == "local":
        _need(_day(plan.day) is not None, "day", "say the day")
        _need(_hour(plan.hour) is not None, "hour", "say the hour")


def _tested(plan: Plan) -> None:
    _need(0 < plan.test_share <= 1, "test_share", "between 1 and 100 percent")
    _need(1 <= plan.within_days <= MOST_DAYS, "within_days", f"between 1 and {MOST_DAYS} days")
    _need(0 < plan.base < 1, "base", "between 0 and 100 percent")
    _need(0 < plan.smallest < 1 - plan.base, "smallest", "more than nothing, and less than what is left to 100 percent")


def _need(holds: bool, field: str, fault: str) -> None:
    if not holds:
        raise BadCampaign(field=field, fault=fault)


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _hour(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


def starts_at(plan: Plan) -> datetime | None:
    """The instant that was chosen; None for now."""
    return _instant(plan.at) if plan.timing == "at" else None


def local_turn(plan: Plan) -> tuple[date, time] | None:
    """The local day and hour that were chosen, if they were."""
    day, hour = _day(plan.day), _hour(plan.hour)
    return (day, hour) if plan.timing == "local" and day and hour else None


def useful_until_event(plan: Plan) -> datetime | None:
    """An invitation is of no use once it has begun."""
    return _instant(plan.event_at) if plan.kind == "invitation" else None


def ripens(plan: Plan) -> timedelta:
    """How long after their turn somebody is watched for what is measured."""
    return timedelta(days=plan.within_days)
