"""The reason of a stay in words: how long a wait was and why, what was heard, which lot was drawn, what the guard said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from afterword.kernel.durations import spoken
from afterword.kernel.ids import DICE_FACES, edges, factors
from afterword.kit import sql

from ..rules.drawing import spoken_event
from ..steps import Anchor, Errand, Holdout, Send, Split, Step, Wait, WaitFor
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
BY_HAND = {
    "moved": gettext_lazy("somebody moved them to another version"), "stopped": gettext_lazy("the version was stopped"),
    "taken_out": gettext_lazy("somebody took them out"),
}  # fmt: skip


def length(gap: timedelta) -> str:
    """A length to its two largest units."""
    seconds = int(gap.total_seconds())
    if seconds < 60:
        return _("less than a minute")
    size = 86400 if seconds >= 86400 else 3600 if seconds >= 3600 else 60
    rest = {86400: 3600, 3600: 60, 60: 60}[size]
    return spoken(seconds // rest * rest)


def too_old(gap: timedelta, most: int) -> str:
    """An event that was learned too late, in words."""
    words = {"gap": length(gap), "most": length(timedelta(seconds=most))}
    return _("it was learned %(gap)s after it happened, and is of no use after %(most)s") % words


def instant(at: datetime) -> str:
    """An instant in a sentence, in the zone that is in force: the shop's, where somebody is told why."""
    return date_format(localtime(at), "D j M Y, H:i")


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
        words = _("the same had become known on %(at)s; it must be quiet for %(time)s first")
        return [(bool(near), "already", words % {"at": instant(near[0]), "time": quiet} if near else "")]
    if rule == "every":
        return []
    same = [e for e in earlier if rule == "once_per_customer" or about == "customer" or e["subject_id"] == subject]
    words = _("they had entered before, on %(at)s, and enter once")
    return [(bool(same), "already", words % {"at": instant(same[-1]["left_at"])} if same else "")]


def reason(
    journey: Journey,
    step: Step,
    visit: Mapping[str, Any],
    message: Mapping[str, Any] | None,
    began: tuple[Any, ...],
    ids: Sequence[UUID],
    run: UUID,
    names: Mapping[str, str],
) -> Reason:
    """A stay that is over, with its reason.

    Args:
        began: the event of the run: customer, order, customer's dice, dice.
        names: what people call the message of each sending step.
    """
    about = {"ids": list(ids), "at": visit["left_at"], "since": visit["entered_at"], "until": visit["left_at"]}
    about |= {"order": began[1], "run": run}
    computed, outcome = "", visit["outcome"]
    if outcome in BY_HAND:
        words = str(BY_HAND[outcome])
    elif outcome == EXITED:
        words = _ended(journey, about)
    else:
        match step:
            case Wait():
                words = _waited(step, visit, about)
            case WaitFor():
                words = _waited_for(step, visit, {**about, "called": names})
            case Split() | Holdout():
                computed, words = _drawn(step, began)
            case Send() | Errand():
                words = _sent(message, names[visit["step"]]) if isinstance(step, Send) else step.spoken()
            case _:
                words = step.spoken()
    return Reason(visit["step"], step.kind, visit["entered_at"], visit["left_at"], outcome, words, computed)


def standing(step: Step, key: str, since: datetime, due: datetime | None) -> Reason:
    """Where somebody stands now, and until when."""
    heard = _names(step.listens)
    words = _("they are here until %(at)s") % {"at": instant(due)} if due else _("they are here until something happens")
    if heard:
        words += _(", or until %(events)s") % {"events": _(" or ").join(map(spoken_event, heard))}
    return Reason(key, step.kind, since, None, None, words)


def _names(listens: Sequence[Hears]) -> list[str]:
    return list(dict.fromkeys(h.event for h in listens))


def _ended(journey: Journey, about: dict[str, Any]) -> str:
    names = [*_names(journey.exit_on), "message.dropped"]
    found = sql.records(HEARD, {**about, "names": names})
    if not found:
        return _("the journey ended early")
    return _("the journey ended with %(event)s") % {"event": spoken_event(found[0]["name"])}


def _waited(step: Wait, visit: Mapping[str, Any], about: dict[str, Any]) -> str:
    said = []
    if step.until:
        date = _date(step.until, about)
        name, known = step.until.attribute.removesuffix("_at").replace("_", " "), instant(date) if date else _("unknown")
        if visit["outcome"] == "timed_out":
            words = _("no such date came within %(time)s (%(name)s: %(date)s)")
            said.append(words % {"time": spoken(step.limit), "name": name, "date": known})
        else:
            words = _("%(time)s after %(name)s") if step.until.offset > 0 else _("%(time)s before %(name)s")
            what = words % {"time": spoken(abs(step.until.offset)), "name": name} if step.until.offset else name
            said.append(_("%(what)s, which was %(date)s as far as was known then") % {"what": what, "date": known})
    elif step.for_:
        said.append(_("%(time)s from %(at)s") % {"time": spoken(step.for_), "at": instant(visit["entered_at"])})
    if step.clock:
        clock = step.clock.replace(" business -", " business days")
        said.append(_("on to %(clock)s in %(zone)s") % {"clock": clock, "zone": sql.value(ZONE, about) or _("the shop’s zone")})
    return _("waited %(times)s") % {"times": _(", then ").join(said)} if said else _("waited no time")


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
        if not found:
            return _("it happened")
        return _("%(event)s became known on %(at)s") % {"event": spoken_event(found[0]["name"]), "at": instant(found[0]["known_at"])}
    other = sql.records(BETWEEN, {**about, "names": names})
    whole = _("nothing of the kind became known within %(time)s") % {"time": spoken(step.within)}
    if step.sent:
        whole += _(" of the sending of “%(message)s”") % {"message": about["called"][step.sent]}
    if other:
        each = (_("%(event)s on %(at)s") % {"event": spoken_event(one["name"]), "at": instant(one["known_at"])} for one in other)
        whole += _("; %(events)s did not fit") % {"events": ", ".join(each)}
    return whole


def _drawn(step: Split | Holdout, began: tuple[Any, ...]) -> tuple[str, str]:
    """The arm into which the stored dice fall, and the lot in words."""
    arms = (("held_out", step.share), ("in", 1 - step.share)) if isinstance(step, Holdout) else step.arms
    dice = began[3] if isinstance(step, Split) and step.by != "customer" else began[2]
    m, a = factors(step.salt)
    lot = (int(dice) * m + a) % DICE_FACES
    ends = edges(tuple(share for _, share in arms))
    fell = next(name for (name, *_share), end in zip(arms, ends, strict=True) if lot < end or end == ends[-1])
    each = ((name.replace("_", " "), f"{100 * end / DICE_FACES:.4g}") for (name, *_share), end in zip(arms, ends, strict=True))
    below = ", ".join(_("“%(arm)s” below %(edge)s") % {"arm": name, "edge": edge} for name, edge in each)
    return fell, _("their lot is %(lot)s of 100: %(edges)s") % {"lot": f"{100 * lot / DICE_FACES:.4g}", "edges": below}


def _sent(message: Mapping[str, Any] | None, called: str) -> str:
    if message is None:
        return _("it was meant to be sent")
    about = {"message": called, "why": message["reason"]}
    match message["state"]:
        case "sent":
            return _("“%(message)s” went on %(at)s") % {**about, "at": instant(message["sent_at"])}
        case "dropped":
            return _("“%(message)s” was not sent: %(why)s") % about
        case "held" if message["ask_at"]:
            return _("“%(message)s” waits: %(why)s, until %(at)s") % {**about, "at": instant(message["ask_at"])}
        case "held":
            return _("“%(message)s” waits: %(why)s") % about
        case "failed":
            return _("“%(message)s” could not be delivered") % about
        case _:
            return _("“%(message)s” is planned for %(at)s") % {**about, "at": instant(message["planned_at"])}
