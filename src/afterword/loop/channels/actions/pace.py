"""How many may go now: to one receiving domain in a minute, and from a domain that is still getting known in a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from django.db import transaction

from afterword.kit import sql

from ..rules import pace as rules
from ..types import Domain

T = TypeVar("T")
ALL = "*"
LOCK = 0x9ACE
SPENT = "select receiver, sent from channel_pace where sender = %s and receiver = any(%s) and since = any(%s)"
SPEND = """
insert into channel_pace (sender, receiver, since, sent)
select %s, r, s, n from unnest(%s::text[], %s::timestamptz[], %s::int[]) g (r, s, n)
on conflict (sender, receiver, since) do update set sent = channel_pace.sent + excluded.sent
"""


def paced(wanted: Sequence[tuple[T, str]], domain: Domain, now: datetime) -> tuple[list[T], list[T]]:
    """Who may go now and who waits; what goes is counted. `wanted`: who, and to which receiving domain."""
    most = rules.day_allowance(domain.warm_from, now.astimezone(UTC).date())
    if (domain.per_minute is None and most is None) or not wanted:
        return [one for one, _ in wanted], []
    minute, day = now.replace(second=0, microsecond=0), now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    receivers = {receiver for _, receiver in wanted}
    with transaction.atomic():
        sql.run("select pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, domain.domain])
        spent = dict(sql.rows(SPENT, [domain.domain, [*receivers, ALL], [minute, day]]))
        left = {r: None if domain.per_minute is None else max(domain.per_minute - spent.get(r, 0), 0) for r in receivers}
        go, wait = rules.granted(wanted, left, None if most is None else max(most - spent.get(ALL, 0), 0))
        gone = {id(one) for one in go}
        went = Counter(receiver for one, receiver in wanted if id(one) in gone)
        if went:
            names = [*went, ALL]
            sql.run(SPEND, [domain.domain, names, [minute] * len(went) + [day], [*went.values(), len(go)]])
    return go, wait


def next_chance(domain: Domain, now: datetime) -> datetime:
    """When whoever had to wait may ask again: the next minute, or tomorrow where the day's allowance is spent."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    most = rules.day_allowance(domain.warm_from, day.date())
    spent = sql.value("select sent from channel_pace where sender = %s and receiver = %s and since = %s", [domain.domain, ALL, day]) or 0
    if most is not None and spent >= most:
        return day + timedelta(days=1)
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)


def forget_paces(now: datetime) -> int:
    """What was counted two days ago is of no use; how many rows went."""
    return sql.run("delete from channel_pace where since < %s", [now - timedelta(days=2)])
