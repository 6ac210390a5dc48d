"""What each message is worth is measured anew; what was known before stays, for verdicts that were given by it."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction

from afterword.kit import sql

from ..queries.worth import measured

# Two verdicts of one moment must not see two worths, so nothing becomes known before what is known already.
KEEP = """
with found as (
    select * from jsonb_to_recordset(%(rows)s::jsonb)
    as f(store text, message text, worth float8, estimate float8, spread float8, sent bigint, alone bigint)
), changed as (
    select coalesce(f.store, w.store) as store, coalesce(f.message, w.message) as message, f.worth, f.estimate, f.spread, f.sent, f.alone
    from found f full join (select * from message_worth where known_to = '9999-12-31 00:00+00') w using (store, message)
    where w.store is null or f.store is null
       or (w.worth, w.estimate, w.spread, w.sent, w.alone) is distinct from (f.worth, f.estimate, f.spread, f.sent, f.alone)
), ended as (
    update message_worth w set known_to = %(at)s from changed c
    where w.store = c.store and w.message = c.message and w.known_to = '9999-12-31 00:00+00' and w.known_from < %(at)s
    returning w.store, w.message
)
insert into message_worth (store, message, known_from, worth, estimate, spread, sent, alone)
select c.store, c.message, %(at)s, c.worth, c.estimate, c.spread, c.sent, c.alone from changed c
where c.worth is not null and (exists (select 1 from ended e where (e.store, e.message) = (c.store, c.message))
      or not exists (select 1 from message_worth w where (w.store, w.message) = (c.store, c.message) and w.known_to > %(at)s))
"""


def weigh(now: datetime) -> int:
    """Measure what every message is worth; of how many that is another than before. Doing it again changes nothing."""
    rows = measured(now)
    with transaction.atomic():
        sql.run("lock table message_worth in share row exclusive mode")
        return sql.run(KEEP, {"rows": json.dumps(rows), "at": now})
