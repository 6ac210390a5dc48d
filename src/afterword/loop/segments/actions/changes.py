"""From answers to what changed: who came, who left, when to look again, and the events that say so.

Answers stand in a table of this connection, each with its segment, customer and moment; they may be of several moments.
"""

from __future__ import annotations

from datetime import datetime

from afterword.kit import sql
from afterword.loop.events.types import Told
from afterword.loop.identity import door as identity

BATCH = 2000
FAR = "timestamptz '9999-12-31 00:00+00'"
MAKE = """
create temp table if not exists segment_ask (segment_id bigint, customer_id uuid, moment timestamptz);
create temp table if not exists segment_answer (segment_id bigint, customer_id uuid, moment timestamptz, inside boolean, again timestamptz);
create temp table if not exists segment_change (segment_id bigint, customer_id uuid, moment timestamptz, inside boolean, ends timestamptz);
"""
# Emptied by hand and not at a commit, where PostgreSQL would cut the files each time; cut all the same once they are large.
SIZE = "select pg_relation_size('segment_ask') + pg_relation_size('segment_answer') + pg_relation_size('segment_change')"
LARGE = 4_000_000
CLEAR = "delete from segment_ask; delete from segment_answer; delete from segment_change"
CUT = "truncate segment_ask, segment_answer, segment_change"
# A change is an answer that differs from the one before it; before the first stands what is kept.
FIND = f"""
insert into segment_change (segment_id, customer_id, moment, inside, ends)
select segment_id, customer_id, moment, inside, coalesce(lead(moment) over (partition by segment_id, customer_id order by moment), {FAR})
from (select a.*, lag(a.inside, 1, m.segment_id is not null) over (partition by a.segment_id, a.customer_id order by a.moment) as was
      from segment_answer a
      left join segment_membership m on m.segment_id = a.segment_id and m.customer_id = a.customer_id and m.known_to = {FAR}) x
where inside <> was
"""
CLOSE = f"""
update segment_membership m set known_to = c.moment
from (select distinct on (segment_id, customer_id) * from segment_change order by segment_id, customer_id, moment) c
where not c.inside and m.segment_id = c.segment_id and m.customer_id = c.customer_id and m.known_to = {FAR}
"""
OPEN = """
insert into segment_membership (segment_id, customer_id, known_from, known_to)
select segment_id, customer_id, moment, ends from segment_change where inside
"""
COUNT = """
insert into segment_moved as d (segment_id, at, came, went)
select segment_id, date_bin('15 minutes', moment, 'epoch'), count(*) filter (where inside), count(*) filter (where not inside)
from segment_change group by 1, 2
on conflict (segment_id, at) do update set came = d.came + excluded.came, went = d.went + excluded.went
"""
FORGET_LOOKS = "delete from segment_look_again l using segment_answer a where l.segment_id = a.segment_id and l.customer_id = a.customer_id"
LOOK_AGAIN = """
insert into segment_look_again (segment_id, customer_id, due_at)
select segment_id, customer_id, again from (
    select distinct on (segment_id, customer_id) segment_id, customer_id, again from segment_answer
    order by segment_id, customer_id, moment desc) latest
where again is not null
"""
# Whoever goes on as somebody else, or was forgotten, is told nothing more of.
TOLD = """
select s.key, c.customer_id, c.moment, c.inside, coalesce(k.store, 'main')
from segment_change c join segment s on s.id = c.segment_id join identity_customer i on i.id = c.customer_id and i.erased_at is null
left join customers_customer k on k.id = c.customer_id
where not exists (select 1 from identity_survivor v where v.customer_id = c.customer_id)
order by c.moment, s.key, c.customer_id
"""


def clear() -> None:
    """Make this connection's tables, or empty them."""
    sql.run(MAKE)
    sql.run(CUT if sql.value(SIZE) > LARGE else CLEAR)


def keep(*, tell: datetime | None) -> int:
    """Write what changed, and when to look again; how many changes there were. With an instant they are told, as received then."""
    sql.run(FORGET_LOOKS)
    sql.run(LOOK_AGAIN)
    changed = sql.run(FIND)
    if changed:
        sql.run(CLOSE)
        sql.run(OPEN)
        sql.run(COUNT)
        if tell is not None:
            _tell(tell)
    return changed


def _tell(received_at: datetime) -> None:
    """`segment.entered` and `segment.left`, once for each change."""
    told = [
        Told(
            name="segment.entered" if inside else "segment.left",
            occurred_at=moment,
            source="afterword",
            source_id=f"segment:{key}:{customer}:{'in' if inside else 'out'}:{moment.isoformat()}",
            store=store,
            customer_id=customer,
            properties={"segment": key},
        )
        for key, customer, moment, inside, store in sql.rows(TOLD)
    ]
    for n in range(0, len(told), BATCH):
        identity.record(told[n : n + BATCH], received_at=received_at)
