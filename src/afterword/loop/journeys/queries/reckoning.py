"""The reason of a stay in words: how long a wait was and why, what was heard, which lot was drawn, what the guard said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from afterword.kernel.durations import spoken
from afterword.kernel.ids import DICE_FACES
from afterword.kit import sql

from ..rules.drawing import spoken_event
from ..steps import Anchor, Errand, Holdout, Send, Split, Step, Wait, WaitFor
from ..steps.split import edges, factors
from ..types import EXITED, Hears, Journey, Reason, Trigger

HEARD = """
select name, known_at, occurred_at from event where customer_id = any(%(ids)s) and name = any(%(names)s) and known_at = %(at)s limit 1
"""
BETWEEN = """
select name, known_at from event where customer_id = any(%(ids)s) and name = any(%(names)s)
    and known_at > %(since)s and known_at <= %(until)s order by known_at limit 3
"""
BEFORE = """
select name, known_at from event where customer_id = any(%(ids)s) and name = any(%(names)s)
    and known_at >= %(since)s and known_at <= %(until)s order by known_at desc limit 1
"""
DATE = "select {attribute} from order_history where order_id = %(order)s and known_from <= %(at)s and %(at)s < known_to"
ZONE = "select zone from customer_history where customer_id = any(%(ids)s) and known_from <= %(at)s and %(at)s < known_to limit 1"
BY_HAND = {"moved": "somebody moved them to another version", "stopped": "the version was stopped", "taken_out": "somebody took them out"}


def length(gap: timedelta) -> str:
    """A length to its two largest units."""
    seconds = int(gap.total_seconds())
    if seconds < 60:
        return "less than a minute"
    size = 86400 if seconds >= 86400 else 3600 if seconds >= 3600 else 60
    rest = {86400: 3600, 3600: 60, 60: 60}[size]
    return spoken(seconds // rest * rest)


def too_old(gap: timedelta, most: int) -> str:
    """An event that was learned too late, in words."""
    return f"it was learned {length(gap)} after it happened, and is of no use after {length(timedelta(seconds=most))}"


def instant(at: datetime) -> str:
    """An instant in a sentence."""
    return f"{at:%-d %B %Y %H:%M} UTC"


def already(
    trigger: Trigger, row: Mapping[str, Any], subject: UUID | None, about: str, earlier: Sequence[Mapping[str, Any]],
    told: Sequence[Mapping[str, Any]],
) -> list[tuple[bool, str, str]]:  # fmt: skip
    """What the rule for coming back has against it."""
    rule = trigger.reentry.rule
    if rule == "quiet":
        key = "customer_id" if about == "customer" else f"{about}_id"
        since = row["known_at"] - timedelta(seconds=trigger.reentry.quiet_for)
        near = [t["known_at"] for t in told if t[key] == subject and since <= t["known_at"] < row["known_at"]]
        quiet = spoken(trigger.reentry.quiet_for)
        words = f"the same had become known on {instant(near[0])}; it must be quiet for {quiet} first" if near else ""
        return [(bool(near), "already", words)]
    if rule == "every":
        return []
    same = [e for e in earlier if rule == "once_per_customer" or about == "customer" or e["subject_id"] == subject]
    words = f"they had entered before, on {instant(same[-1]['left_at'])}, and enter once" if same else ""
    return [(bool(same), "already", words)]


def reason(
    journey: Journey,
    step: Step,
    visit: Mapping[str, Any],
    message: Mapping[str, Any] | None,
    began: tuple[Any, ...],
    ids: Sequence[UUID],
    run: UUID,
) -> Reason:
    """A stay that is over, with its reason. `began` is the event of the run: customer, order, customer's dice, dice."""
    about = {"ids": list(ids), "at": visit["left_at"], "since": visit["entered_at"], "until": visit["left_at"]}
    about |= {"order": began[1], "run": run}
    computed, outcome = "", visit["outcome"]
    if outcome in BY_HAND:
        words = BY_HAND[outcome]
    elif outcome == EXITED:
        words = _ended(journey, about)
    else:
        match step:
            case Wait():
                words = _waited(step, visit, about)
            case WaitFor():
                words = _waited_for(step, visit, about)
            case Split() | Holdout():
                computed, words = _drawn(step, began)
            case Send() | Errand():
                words = _sent(message) if isinstance(step, Send) else step.spoken()
            case _:
                words = step.spoken()
    return Reason(visit["step"], step.kind, visit["entered_at"], visit["left_at"], outcome, words, computed)


def standing(step: Step, key: str, since: datetime, due: datetime | None) -> Reason:
    """Where somebody stands now, and until when."""
    heard = _names(step.listens)
    words = f"they are here until {instant(due)}" if due else "they are here until something happens"
    if heard:
        words += f", or until {' or '.join(map(spoken_event, heard))}"
    return Reason(key, step.kind, since, None, None, words)


def _names(listens: Sequence[Hears]) -> list[str]:
    return list(dict.fromkeys(h.event for h in listens))


def _ended(journey: Journey, about: dict[str, Any]) -> str:
    names = [*_names(journey.exit_on), "message.dropped"]
    found = sql.records(HEARD, {**about, "names": names})
    return f"the journey ended with {spoken_event(found[0]['name'])}" if found else "the journey ended early"


def _waited(step: Wait, visit: Mapping[str, Any], about: dict[str, Any]) -> str:
    said = []
    if step.until:
        date = _date(step.until, about)
        name = step.until.attribute.removesuffix("_at").replace("_", " ")
        if visit["outcome"] == "timed_out":
            said.append(f"no such date came within {spoken(step.limit)} ({name}: {instant(date) if date else 'unknown'})")
        else:
            sign = "after" if step.until.offset >= 0 else "before"
            gap = f"{spoken(abs(step.until.offset))} {sign} " if step.until.offset else ""
            said.append(f"{gap}{name}, which was {instant(date) if date else 'unknown'} as far as was known then")
    elif step.for_:
        said.append(f"{spoken(step.for_)} from {instant(visit['entered_at'])}")
    if step.clock:
        said.append(f"on to {step.clock.replace(' business -', ' business days')} in {sql.value(ZONE, about) or 'the shop’s zone'}")
    return "waited " + ", then ".join(said) if said else "waited no time"


def _date(anchor: Anchor, about: dict[str, Any]) -> datetime | None:
    """The date that a wait followed, as it was known when the wait was over; of the event that began the run, as it was told."""
    if anchor.owner == "event":
        told = sql.value("select properties ->> %s from event where id = %s", [anchor.attribute, about["run"]])
        return datetime.fromisoformat(told) if told else None
    found: datetime | None = sql.value(DATE.format(attribute=anchor.attribute), about)
    return found


def _waited_for(step: WaitFor, visit: Mapping[str, Any], about: dict[str, Any]) -> str:
    names = _names(step.events)
    if visit["outcome"] == "happened":
        since = visit["entered_at"] - timedelta(seconds=step.back)
        found = sql.records(HEARD, {**about, "names": names}) or sql.records(BEFORE, {**about, "names": names, "since": since})
        return f"{spoken_event(found[0]['name'])} became known on {instant(found[0]['known_at'])}" if found else "it happened"
    other = sql.records(BETWEEN, {**about, "names": names})
    whole = f"nothing of the kind became known within {spoken(step.within)}"
    if step.sent:
        whole += f" of the sending of {step.sent.replace('_', ' ')}"
    if other:
        whole += "; " + ", ".join(f"{spoken_event(one['name'])} on {instant(one['known_at'])}" for one in other) + " did not fit"
    return whole


def _drawn(step: Split | Holdout, began: tuple[Any, ...]) -> tuple[str, str]:
    """The arm into which the stored dice fall, and the lot in words."""
    arms = (("held_out", step.share), ("in", 1 - step.share)) if isinstance(step, Holdout) else step.arms
    dice = began[3] if isinstance(step, Split) and step.by != "customer" else began[2]
    m, a = factors(step.salt)
    lot = (int(dice) * m + a) % DICE_FACES
    ends = edges(tuple(share for _, share in arms))
    fell = next(name for (name, _), end in zip(arms, ends, strict=True) if lot < end or end == ends[-1])
    below = ", ".join(f"“{name.replace('_', ' ')}” below {100 * end / DICE_FACES:.4g}" for (name, _), end in zip(arms, ends, strict=True))
    return fell, f"their lot is {100 * lot / DICE_FACES:.4g} of 100: {below}"


def _sent(message: Mapping[str, Any] | None) -> str:
    if message is None:
        return "it was meant to be sent"
    state, why = message["state"], message["reason"]
    match state:
        case "sent":
            return f"{message['message'].replace('_', ' ')} went on {instant(message['sent_at'])}"
        case "dropped":
            return f"{message['message'].replace('_', ' ')} was not sent: {why}"
        case "held":
            until = f", until {instant(message['ask_at'])}" if message["ask_at"] else ""
            return f"{message['message'].replace('_', ' ')} waits: {why}{until}"
        case "failed":
            return f"{message['message'].replace('_', ' ')} could not be delivered"
        case _:
            return f"{message['message'].replace('_', ' ')} is planned for {instant(message['planned_at'])}"
