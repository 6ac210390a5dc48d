"""What the worker does for identity."""

from __future__ import annotations

from datetime import datetime, timedelta

from afterword.kit import sql
from afterword.kit.env import env_int

KEPT_FOR = timedelta(days=90)
# Uses identity_waiting_of: which visitors of a store that holds too much were seen longest ago. What intake holds just now is left alone.
TOO_MANY = """
with full_store as (
    select store, count(*) - %(most)s as above from identity_waiting where kind = 'anonymous' group by store having count(*) > %(most)s
), visitor as (
    select w.store, w.value, max(w.received_at) as seen, count(*) as events
    from identity_waiting w join full_store using (store) where w.kind = 'anonymous' group by w.store, w.value
), ranked as (
    select store, value, sum(events) over (partition by store order by seen, value) - events as before from visitor
), gone as (
    select w.mark from ranked r join full_store f using (store)
    join identity_waiting w on w.kind = 'anonymous' and w.store = r.store and w.value = r.value
    where r.before < f.above for update of w skip locked
)
delete from identity_waiting w using gone where w.mark = gone.mark
"""


def forget_strangers(now: datetime) -> int:
    """Drop what has waited too long for a name, and of each store what anonymous visitors did who were seen longest ago, where more of
    that waits than `AFTERWORD_WAITING_VISITS`; says how many events.

    Whoever reads a browser key can make up visits; without a bound they would fill the table for as long as visits are kept.
    """
    return sql.run("delete from identity_waiting where received_at < %s", [now - KEPT_FOR]) + sql.run(
        TOO_MANY, {"most": env_int("AFTERWORD_WAITING_VISITS", 200_000, least=1)}
    )
