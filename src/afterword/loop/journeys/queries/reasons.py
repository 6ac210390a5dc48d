"""Why and why not, from the log alone: whether somebody entered a journey, which way they went and what was seen at each moment.

Nothing of this was remembered when it happened: conditions are asked again of the very moment, by the compiler that made the
journey, and what was known then is all that is seen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import ibis
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from afterword.kit import sql
from afterword.loop.conditions.door import World, parts, seen, text_of
from afterword.loop.conditions.types import Node
from afterword.loop.events import door as events
from afterword.loop.identity import door as identity
from afterword.loop.messages import door as messages

from ..actions.drafts import understood
from ..models import Journey as JourneyRow
from ..steps import Branch, Send
from ..tables.asking import MOMENT, asking
from ..types import TRIGGER, Entering, Explained, Journey, NoSuchJourney, Part, Reason
from . import reckoning
from .why import passages

MOST = 20
TYPES = {"int64": "bigint", "timestamp('UTC')": "timestamptz"}
MAKE = f"create temp table why_moment ({', '.join(f'{n} {TYPES.get(k, k)}' for n, k in MOMENT.items())}) on commit drop"
PUT = "insert into why_moment (n, run, customer_id, order_id, moment) values (%s, %s, %s, %s, %s)"
TRIGGERS = """
select e.id, e.known_at, e.occurred_at, e.customer_id, e.order_id, e.shipment_id, e.source, coalesce(w.imported, false) as imported
from event e join {view} w on w.id = e.id where e.name = %(name)s and e.customer_id = any(%(ids)s) order by e.known_at desc limit %(most)s
"""
ON = """
select o.version_id, o.since, o.until from journey_on o join journey_version v on v.id = o.version_id
where v.journey_id = %s order by o.since
"""
PAUSES = "select version_id, kind, at from journey_hand where journey = %s and kind in ('pause', 'resume') order by at, id"
MERGES = """
select known_at, loser::uuid, customer_id, coalesce(undone, false) from event_customer_merged
where customer_id = any(%(ids)s) or loser::uuid = any(%(ids)s) order by known_at
"""
BEGUN = """
select s.run, s.subject_id, s.customer_id, v.left_at from standing s
join visit v on v.journey = s.journey and v.run = s.run and v.step = 'trigger'
where s.journey = %(journey)s and (s.customer_id = any(%(ids)s)) order by v.left_at
"""


@dataclass
class _Asker:
    """One journey and one customer, with everything they ever were."""

    key: str
    row: JourneyRow
    ids: list[UUID]
    journeys: dict[int, Journey] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.versions = list(self.row.versions.order_by("number"))
        self.on = sql.rows(ON, [self.row.pk])
        self.pauses = sql.rows(PAUSES, [self.key])
        self.merges = sql.rows(MERGES, {"ids": self.ids})

    def journey(self, version: int | None) -> Journey:
        """A version as it was published, its draft without one."""
        if (version or 0) not in self.journeys:
            found = next((v for v in self.versions if v.pk == version), None)
            self.journeys[version or 0] = understood(found.text, found.pinned) if found else understood(self.row.draft)
        return self.journeys[version or 0]

    def names(self, journey: Journey) -> dict[str, str]:
        """What people call the message of each sending step."""
        steps = {key: step.message for key, step in journey.steps.items() if isinstance(step, Send)}
        if strange := set(steps.values()) - self.called.keys():
            self.called |= messages.called(strange)
        return {key: self.called[message] for key, message in steps.items()}

    def version_at(self, moment: datetime) -> int | None:
        """The version that let people in at a moment."""
        return next((int(id) for id, since, until in self.on if since < moment and (until is None or moment <= until)), None)

    def number(self, version: int | None) -> int:
        """The number of a version; 0 for the draft."""
        return next((v.number for v in self.versions if v.pk == version), 0)

    def paused(self, version: int, moment: datetime) -> bool:
        """Whether a version stood still at a moment."""
        kinds = [kind for id, kind, at in self.pauses if id == version and at < moment]
        return bool(kinds) and kinds[-1] == "pause"

    def whose(self, customer: UUID, moment: datetime) -> UUID:
        """As whom a customer was known just before a moment: at a merge, everything up to it is still theirs."""
        now = customer
        for at, loser, survivor, undone in self.merges:
            if at < moment:
                now = survivor if not undone and now == loser else customer if undone and now == survivor and loser == customer else now
        return now


def reasons(customer: UUID, key: str) -> Explained:
    """Why a customer is, was or was not in a journey, in the shop's time. Who was merged is asked about as who they are now.

    Raises NoSuchJourney.
    """
    with timezone.override(ZoneInfo(messages.fallback_zone())):
        return _reasons(identity.survivors([customer]).get(customer, customer), key)


def _reasons(customer: UUID, key: str) -> Explained:
    row = JourneyRow.objects.filter(key=key).first()
    if row is None:
        raise NoSuchJourney(key=key)
    asker = _Asker(key, row, identity.pasts_of(customer))
    newest = next((v.pk for v in reversed(asker.versions)), None)
    live = row.live.pk if row.live else newest
    with transaction.atomic():
        entering = _entering(asker, live)
        ran = {one.run: (one, _stays(asker, one)) for one in passages(customer, key)}
    runs = [(one.run, one.version, stays) for one, stays in ran.values()]
    event = asker.journey(live).trigger.event
    return Explained(key, row.name, row.live is not None, event, tuple(entering), tuple((r, v, tuple(s)) for r, v, s in runs))


# Who entered ------------------------------------------------------------------------------------------------------------------


def _entering(asker: _Asker, live: int | None) -> list[Entering]:
    """Each event that could have begun a run, the newest first, with what became of it."""
    begun = sql.records(BEGUN, {"journey": asker.key, "ids": asker.ids})
    found: dict[UUID, Entering] = {}
    names = {asker.journey(v.pk).trigger.event for v in asker.versions} | {asker.journey(live).trigger.event}
    for name in sorted(names):
        view = "event_" + name.replace(".", "_")
        told = sql.records(TRIGGERS.format(view=view), {"name": name, "ids": asker.ids, "most": MOST})
        by_version: dict[int | None, list[dict[str, Any]]] = {}
        for row in told:
            by_version.setdefault(asker.version_at(row["known_at"]), []).append(row)
        for version, rows in by_version.items():
            journey = asker.journey(version or live)
            if journey.trigger.event != name:
                continue
            asked = _conditions(asker, journey, rows)
            for row, (holds, each) in zip(rows, asked, strict=True):
                found[row["id"]] = _became(asker, journey, version, row, begun, told, holds, each)
    return sorted(found.values(), key=lambda one: one.known_at, reverse=True)[:MOST]


def _conditions(asker: _Asker, journey: Journey, rows: Sequence[dict[str, Any]]) -> list[tuple[bool, tuple[Part, ...]]]:
    where = journey.trigger.where
    if where is None:
        return [(True, ())] * len(rows)
    moments = [(r["id"], asker.whose(r["customer_id"], r["known_at"]), r["order_id"], r["known_at"]) for r in rows]
    return [answer["asked"] for answer in _asked({"asked": where}, moments, journey.trigger.event)]


def _became(
    asker: _Asker, journey: Journey, version: int | None, row: dict[str, Any], begun: Sequence[dict[str, Any]],
    told: Sequence[dict[str, Any]], holds: bool, each: tuple[Part, ...],
) -> Entering:  # fmt: skip
    """What became of one event: entered, or the first thing that spoke against it."""
    at, trigger = row["known_at"], journey.trigger
    subject = row["customer_id"] if journey.subject == "customer" else row[f"{journey.subject}_id"]
    earlier = [b for b in begun if b["left_at"] < at]
    entered = any(b["run"] == row["id"] for b in begun)
    ways: list[tuple[bool, str, str]] = [
        (row["imported"], "imported", _("it was brought in as history, which starts nothing")),
        (subject is None, "no_subject", _("it names no %(subject)s") % {"subject": journey.subject}),
        (version is None, "not_on", _("the journey was not on at that moment")),
        (version is not None and asker.paused(version, at), "paused", _("the journey stood still at that moment")),
        (
            trigger.max_age is not None and at - row["occurred_at"] > timedelta(seconds=trigger.max_age or 0), "too_old",
            reckoning.too_old(at - row["occurred_at"], trigger.max_age or 0),
        ),
        (not holds, "condition", _("the condition was not true at that moment")),
        *reckoning.already(trigger, row, subject, journey.subject, earlier, told),
    ]  # fmt: skip
    unseen = ("unseen", _("nothing speaks against it; it has not been seen yet"))
    verdict, words = next(((name, said) for yes, name, said in ways if yes), unseen)
    if entered:
        verdict, words = "entered", _("they entered")
    return Entering(row["id"], trigger.event, at, row["occurred_at"], row["order_id"], asker.number(version), verdict, words, each)


# Which way they went ----------------------------------------------------------------------------------------------------------


def _stays(asker: _Asker, ran: Any) -> list[Reason]:
    """Each stay of a run with its reason."""
    version = next(v.pk for v in asker.versions if v.number == ran.version)
    journey = asker.journey(version)
    began = sql.one("select customer_id, order_id, customer_dice, dice from event where id = %s", [ran.run])
    if began is None:
        return []
    sent = {message["step"]: message for message in ran.messages}
    names = asker.names(journey)
    found = []
    for visit in ran.visits:
        step = journey.steps.get(visit["step"])
        if visit["step"] == TRIGGER or step is None:
            continue
        if isinstance(step, Branch):
            found.append(_branched(asker, journey, step, visit, ran.run, began))
        else:
            found.append(reckoning.reason(journey, step, visit, sent.get(visit["step"]), began, asker.ids, ran.run, names))
    if ran.stands_at and ran.stands_at in journey.steps:
        since = next((v["left_at"] for v in reversed(ran.visits)), ran.began_at)
        found.append(reckoning.standing(journey.steps[ran.stands_at], ran.stands_at, since, ran.due_at))
    return found


def _branched(asker: _Asker, journey: Journey, step: Branch, visit: Mapping[str, Any], run: UUID, began: tuple[Any, ...]) -> Reason:
    """A fork: each condition, part by part, as it stood at the moment of the visit."""
    nodes = {f"case_{n}": node for n, (_name, node, *_text) in enumerate(step.cases)}
    at = visit["left_at"]
    # Who became another at this very instant may have gone before or after it.
    people = dict.fromkeys([asker.whose(began[0], at), asker.whose(began[0], at + timedelta(microseconds=1))])
    reason = None
    for person in people:
        answer = _asked(nodes, [(run, person, began[1], at)], journey.trigger.event)[0]
        cases = tuple((name, *answer[f"case_{n}"]) for n, (name, *_rest) in enumerate(step.cases))
        computed = next((name for name, holds, *_parts_of in cases if holds), "otherwise")
        words = _("“%(case)s” was true") % {"case": computed} if computed != "otherwise" else _("none of it was true")
        reason = Reason(visit["step"], step.kind, visit["entered_at"], at, visit["outcome"], words, computed, cases)
        if computed == visit["outcome"]:
            break
    assert reason is not None
    return reason


Moment = tuple[UUID, UUID, UUID | None, datetime]
Answer = dict[str, tuple[bool, tuple[Part, ...]]]


def _asked(nodes: Mapping[str, Node], moments: Sequence[Moment], event: str) -> list[Answer]:
    """Each condition at each moment (run, customer, order, instant): whether it held, and its parts. In a transaction."""
    sql.run("drop table if exists why_moment")
    sql.run(MAKE)
    for n, moment in enumerate(moments):
        sql.run(PUT, [n, *moment])
    text = str(ibis.to_sql(asking(nodes, World(events.vocabulary), event), dialect="postgres"))
    rows = {row["n"]: row for row in sql.records(text)}
    return [{name: (bool(rows[n][name]), _parts(name, node, rows[n])) for name, node in nodes.items()} for n in range(len(moments))]


def _parts(name: str, node: Node, row: Mapping[str, Any]) -> tuple[Part, ...]:
    each = enumerate(parts(node))
    return tuple(Part(text_of(one), bool(row[f"{name}__{n}"]), _plain(row[f"{name}__{n}_seen"]), seen(one).type) for n, one in each)


def _plain(value: Any) -> Any:
    return float(value) if type(value).__name__ == "Decimal" else json.loads(value) if isinstance(value, bytes) else value
