"""What a merge gives to the survivor: the loser's events count as theirs too, from the merge on. The log itself is not touched.

Conditions fold over these copies; nothing is woken or started by them, for they tell nothing new of what happened.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from afterword.kit import sql

MERGES = """
select known_at, loser, customer_id as survivor, coalesce(undone, false) as undone from event_customer_merged
where known_at > %(since)s and known_at <= %(until)s order by known_at
"""
LOG = (
    "id, name, occurred_at, received_at, known_at, source, store, {customer}, order_id, shipment_id, product_id, message_id, "
    "dice, customer_dice, properties"
)
INTO = LOG.format(customer="customer_id")
FROM = "e." + LOG.format(customer="m.survivor").replace(", ", ", e.").replace("e.m.", "m.")
GIVEN = (
    "unnest(%(at)s::timestamptz[], %(losers)s::uuid[], %(survivors)s::uuid[], %(undone)s::bool[]) as m(known_at, loser, survivor, undone)"
)
REMEMBER = f"""
insert into event_past ({INTO}, past_of, seen_from)
select {FROM}, m.loser, m.known_at from {GIVEN} join event e on e.customer_id = m.loser and e.known_at <= m.known_at where not m.undone
union all
select {FROM}, m.loser, m.known_at from {GIVEN}
join event_past e on e.customer_id = m.loser and e.seen_from <= m.known_at and e.forgotten_at > m.known_at where not m.undone
on conflict do nothing
"""
FORGET = f"""
update event_past p set forgotten_at = m.known_at from {GIVEN}
where m.undone and p.customer_id = m.survivor and p.past_of = m.loser and p.forgotten_at > m.known_at
"""
# What was still under way to the log when its customer became another.
STRAYED = f"""
insert into event_past ({INTO}, past_of, seen_from)
select {FROM}, m.loser, e.known_at from event e
join lateral (
    select e.customer_id as loser, g.customer_id as survivor, g.properties ->> 'undone' as undone from event g
    where g.name = 'customer.merged' and g.properties ->> 'loser' = e.customer_id::text and g.known_at < e.known_at
    order by g.known_at desc limit 1
) m on m.undone is distinct from 'true'
where e.known_at > %(since)s and e.known_at <= %(until)s and e.customer_id in (select loser from identity_merge)
on conflict do nothing
"""


def project(since: datetime, until: datetime) -> None:
    """Follow the merges that were sealed in `(since, until]`, in their order."""
    window = {"since": since, "until": until}
    waiting = sql.records(MERGES, window)
    while waiting:
        apart, waiting = _apart(waiting)
        given = {
            "at": [m["known_at"] for m in apart], "losers": [m["loser"] for m in apart], "survivors": [m["survivor"] for m in apart],
            "undone": [m["undone"] for m in apart],
        }  # fmt: skip
        sql.run(REMEMBER, given)
        sql.run(FORGET, given)
    sql.run(STRAYED, window)


def rebuild() -> int:
    """Make all pasts anew from the log; how many events they have."""
    sql.run("truncate event_past")
    span = sql.records("select min(known_at) - interval '1 second' as since, max(known_at) as until from event")[0]
    if span["until"]:
        project(span["since"], span["until"])
    return int(sql.value("select count(*) from event_past"))


def _apart(merges: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Those that can be followed at once because no earlier one concerns the same people, and the rest."""
    seen: set[Any] = set()
    now: list[dict[str, Any]] = []
    later: list[dict[str, Any]] = []
    for merge in merges:
        people = {merge["loser"], merge["survivor"]}
        (later if people & seen else now).append(merge)
        seen |= people
    return now, later
