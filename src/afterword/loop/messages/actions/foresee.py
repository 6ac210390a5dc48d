"""What the guard would say of messages that nobody has meant yet: the same question as in sending, and nothing is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from afterword.kit import sql

from ..queries.weights import weighed
from ..types import Foresight, Foretold
from .judge import MAKE, MAKE_WAYS, WAYS, verdict_text

MAKE_FORETOLD = """
create temp table if not exists foretold
    (id uuid, customer_id uuid, outcome text, reason text, channel text, message text, language text, zone text)
"""
# What went after the moment was not known at it.
ASK = """
with went as (select * from public.went where went_at <= %(moment)s)
insert into foretold
select s.id, j.customer_id, s.outcome, s.reason, s.channel, j.message, coalesce(c.language, ''), s.zone
from ({verdicts}) s join judging j on j.id = s.id left join customers_customer c on c.id = j.customer_id
"""
COUNT = """
select outcome, reason, channel, message, language, zone, count(*) from foretold group by 1, 2, 3, 4, 5, 6 order by 7 desc, 1, 2, 3, 4, 5, 6
"""
# Some of those who would get it, of each channel, message and language: what they would read is weighed.
SAMPLE = """
select customer_id, channel, message, language from (
    select f.*, row_number() over (partition by channel, message, language order by id) as n from foretold f where outcome = 'go'
) each where n <= 20
"""
COLUMNS = "id, run, customer_id, order_id, store, message, channel, category, priority, planned_at, useful_until, moment, ended_at"


def foresee(select: str, params: dict[str, Any], moment: datetime, *, origin: str, store: str) -> Foresight:
    """What would become of the messages that a query yields as rows of the guard's table, each judged at its own moment.

    Args:
        select: id, run, customer_id, order_id, store, message, channel, category, priority, planned_at, useful_until, moment,
            ended_at.
        moment: what went after it counts for nothing.
        origin, store: where they would come from, and for which store; what they say may depend on it.
    """
    with transaction.atomic():
        for text in (MAKE, MAKE_WAYS, MAKE_FORETOLD):
            sql.run(text)
        sql.run("delete from judging; delete from judging_way; delete from foretold")
        if not sql.run(f"insert into judging ({COLUMNS}) {select}", params):
            return Foresight()
        sql.run(WAYS)
        sql.run("analyze judging")
        sql.run(ASK.format(verdicts=verdict_text().replace("%", "%%")), {"moment": moment})
        counted = tuple(Foretold(*row) for row in sql.rows(COUNT))
        sample = sql.records(SAMPLE)
        sql.run("delete from judging; delete from judging_way; delete from foretold")
    return Foresight(counted, weighed(sample, moment, origin=origin, store=store))
