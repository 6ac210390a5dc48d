"""Reads for the pages of messages: the list by what became of them, how many of each, one message with all that is known of it."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from afterword.kernel.errors import Refused
from afterword.kit import sql

from ..rules.opening import html_of

PAGE = 40
STATES = {"sent": ("sent", "released"), "waiting": ("planned", "held"), "not_sent": ("dropped",), "failed": ("failed",)}
LIST = """
select m.id, m.origin, m.run, m.step, m.message, m.category, m.state, m.reason, m.store, m.customer_id, m.order_id, m.planned_at,
       m.sent_at, m.ask_at, m.override_reason <> '' as overridden, coalesce(d.subject, '') as subject, coalesce(c.full_name, '') as name
from message_intent m left join message_delivery d on d.intent_id = m.id and d.channel = m.channel
left join customers_customer c on c.id = m.customer_id
where {where} order by m.planned_at desc, m.id desc limit %(most)s
"""
COUNTED = "select state, count(*) from message_intent m where {where} group by state"
REASONS = "select reason, count(*) from message_intent m where {where} and reason <> '' group by reason order by 2 desc limit 20"
TALLIED = """
select origin, state, count(*) from message_intent where origin = any(%s) and planned_at > %s group by origin, state
"""
REACHED = "select count(distinct customer_id), count(*) from message_intent where origin = %s and planned_at > %s and state = 'sent'"
SENT_BY_STEP = "select step, state, count(*) from message_intent where origin = %s and version_id = %s group by step, state"
WHY_BY_STEP = """
select state, reason, count(*) from message_intent
where origin = %s and version_id = %s and step = %s and state in ('held', 'dropped', 'failed')
group by state, reason order by 3 desc limit 12
"""
REACTED = """
select count(distinct m.id) as sent, count(distinct m.id) filter (where e.name = 'message.opened') as opened,
       count(distinct m.id) filter (where e.name = 'message.clicked') as clicked
from message_intent m left join event e on e.message_id = m.id and e.customer_id = m.customer_id and e.known_at > m.planned_at
     and e.name in ('message.opened', 'message.clicked') and e.properties -> 'by_machine' is distinct from 'true'::jsonb
where m.origin = %(origin)s and m.version_id = %(version)s and m.step = %(step)s and m.state = 'sent'
  and m.planned_at > %(since)s
"""
ONE = """
select m.*, d.address, d.locale, d.subject, d.state as delivery_state, d.attempts, d.response, d.enclosed, d.accepted_at, d.next_at,
       d.doubt_until, octet_length(d.body) as size, coalesce(c.full_name, '') as name, c.erased_at is not null as erased, o.number
from message_intent m left join message_delivery d on d.intent_id = m.id and d.channel = m.channel
left join customers_customer c on c.id = m.customer_id left join orders_order o on o.id = m.order_id
where m.id = %(id)s and (%(stores)s::text[] is null or m.store = any(%(stores)s))
"""
EVENTS = """
select id, name, occurred_at, properties from event where message_id = %(id)s and customer_id = %(customer)s
union all select id, name, occurred_at, properties from event_inbox where message_id = %(id)s
order by occurred_at, id
"""


class NoSuchMessage(Refused):
    """There is no such message."""


@dataclass(frozen=True)
class Asked:
    """What the list is asked for; empty means all. `stores` are those within reach (None: all)."""

    state: str = ""
    message: str = ""
    journey: str = ""
    day: date | None = None
    reason: str = ""
    zone: str = "UTC"
    stores: list[str] | None = None

    def where(self, *, states: bool = True) -> tuple[str, dict[str, Any]]:
        """The condition, and its parameters."""
        parts, params = ["true"], {"most": PAGE + 1, **self._params()}
        if states and self.state in STATES:
            parts.append("m.state = any(%(states)s)")
        for column, value in (("message", self.message), ("origin", self.journey), ("reason", self.reason)):
            if value:
                parts.append(f"m.{column} = %({column})s")
        if self.day:
            parts.append("m.planned_at >= %(day)s::timestamp at time zone %(zone)s")
            parts.append("m.planned_at < (%(day)s::timestamp + interval '1 day') at time zone %(zone)s")
        if self.stores is not None:
            parts.append("m.store = any(%(stores)s)")
        return " and ".join(parts), params

    def _params(self) -> dict[str, Any]:
        return {
            "states": list(STATES.get(self.state, ())), "message": self.message, "origin": self.journey, "reason": self.reason,
            "day": self.day, "zone": self.zone, "stores": self.stores,
        }  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """A page of the list, and the cursor of the next, if there is one."""

    rows: tuple[dict[str, Any], ...]
    older: str


@dataclass(frozen=True)
class Counted:
    """How many of each kind there are, by the words of `STATES`."""

    by: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All together."""
        return sum(self.by.values())


def listed(asked: Asked, after: str = "") -> Listed:
    """A page of the list, the latest first. One statement."""
    where, params = asked.where()
    cursor = _read_cursor(after)
    if cursor:
        where += " and (m.planned_at, m.id) < (%(at)s, %(id)s)"
        params |= {"at": cursor[0], "id": cursor[1]}
    found = sql.records(LIST.format(where=where), params)
    more = len(found) > PAGE
    return Listed(tuple(found[:PAGE]), _cursor(found[PAGE - 1]) if more else "")


def counted(asked: Asked, since: datetime) -> Counted:
    """How many were sent, wait, were not sent and failed, of what else is asked for: on its day, else since then. One statement."""
    where, params = _lately(asked, since, states=False)
    found = dict(sql.rows(COUNTED.format(where=where), params))
    return Counted({word: sum(found.get(state, 0) for state in states) for word, states in STATES.items()})


def reasons(asked: Asked, since: datetime) -> list[tuple[str, int]]:
    """Why messages wait or were not sent, on the day that is asked for, else since then; the most frequent first. One statement."""
    where, params = _lately(asked, since, states=True)
    return [(reason, count) for reason, count in sql.rows(REASONS.format(where=where), params)]


def _lately(asked: Asked, since: datetime, *, states: bool) -> tuple[str, dict[str, Any]]:
    """Counting all there ever was costs more with every year, and says less."""
    where, params = asked.where(states=states)
    return (where, params) if asked.day else (f"{where} and m.planned_at > %(since)s", params | {"since": since})


def _cursor(row: dict[str, Any]) -> str:
    return urlsafe_b64encode(f"{row['planned_at'].isoformat()}|{row['id']}".encode()).decode().rstrip("=")


def _read_cursor(given: str) -> tuple[datetime, UUID] | None:
    """The place after which the list goes on; what is not one of ours is taken as the beginning."""
    try:
        at, _, id = urlsafe_b64decode(given + "=" * (-len(given) % 4)).decode().partition("|")
        return datetime.fromisoformat(at), UUID(id)
    except ValueError:
        return None


def reached(origin: str, since: datetime) -> tuple[int, int]:
    """How many people a journey has written to since then, wherever the letters went, and how many letters those were."""
    people, letters = sql.rows(REACHED, [origin, since])[0]
    return int(people), int(letters)


def tallies(origins: list[str], since: datetime) -> dict[str, dict[str, int]]:
    """origin → word of `STATES` → how many intents were planned after `since`. One statement."""
    words = {state: word for word, states in STATES.items() for state in states}
    found: dict[str, dict[str, int]] = {}
    for origin, state, count in sql.rows(TALLIED, [origins, since]):
        kinds = found.setdefault(origin, {})
        kinds[words[state]] = kinds.get(words[state], 0) + count
    return found


def tallies_by_step(origin: str, version: int) -> dict[str, dict[str, int]]:
    """step → word of `STATES` → how many intents of one version. One statement."""
    words = {state: word for word, states in STATES.items() for state in states}
    found: dict[str, dict[str, int]] = {}
    for step, state, count in sql.rows(SENT_BY_STEP, [origin, version]):
        kinds = found.setdefault(step, {})
        kinds[words[state]] = kinds.get(words[state], 0) + count
    return found


def reasons_of_step(origin: str, version: int, step: str) -> list[tuple[str, str, int]]:
    """Why intents of a step wait or did not go: (state, reason, how many). One statement."""
    return [(state, reason, count) for state, reason, count in sql.rows(WHY_BY_STEP, [origin, version, step])]


def reactions_of_step(origin: str, version: int, step: str, since: datetime) -> dict[str, int]:
    """How many of a step's messages since then were sent, and opened and clicked by people. One statement."""
    return sql.records(REACTED, {"origin": origin, "version": version, "step": step, "since": since})[0]


def one(id: UUID, stores: list[str] | None = None) -> dict[str, Any]:
    """Everything that is known of one message but its body. Raises NoSuchMessage, also for what is out of reach."""
    found = sql.records(ONE, {"id": id, "stores": stores})
    if not found:
        raise NoSuchMessage
    return {**found[0], "checks": _decoded(found[0]["checks"])}


def body(id: UUID, stores: list[str] | None = None) -> bytes:
    """The mail as it travelled; empty where none was kept. Raises NoSuchMessage."""
    found = sql.one(
        "select d.body from message_intent m left join message_delivery d on d.intent_id = m.id and d.channel = m.channel "
        "where m.id = %s and (%s::text[] is null or m.store = any(%s))",
        [id, stores, stores],
    )
    if found is None:
        raise NoSuchMessage
    return bytes(found[0] or b"")


def page_of(id: UUID, customer: UUID) -> str:
    """The HTML of the mail that this customer got, its inner pictures in it; empty where it is not kept, or was no mail. One statement."""
    raw = sql.value(
        "select body from message_delivery where intent_id = %s and customer_id = %s and channel = 'email' and accepted_at is not null",
        [id, customer],
    )
    return html_of(bytes(raw)) if raw else ""


def told(id: UUID, customer: UUID) -> list[dict[str, Any]]:
    """What happened with a message, in order: sent, held, opened, clicked. One statement."""
    return [{**row, "properties": _decoded(row["properties"])} for row in sql.records(EVENTS, {"id": id, "customer": customer})]


def latest_order(stores: list[str] | None = None) -> dict[str, Any] | None:
    """The latest delivered order whose customer can be written to, else the latest of all: what previews speak of."""
    found = sql.records(
        "select o.id as order_id, o.customer_id, o.store from (select * from orders_order where %(stores)s::text[] is null "
        "or store = any(%(stores)s) order by placed_at desc limit 500) o join customers_customer c on c.id = o.customer_id "
        "where coalesce(o.email, c.email) is not null and c.erased_at is null order by o.delivered_at is null, o.placed_at desc limit 1",
        {"stores": stores},
    )
    return found[0] if found else None


def _decoded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
