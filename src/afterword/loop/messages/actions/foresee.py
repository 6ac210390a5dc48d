"""What the guard would say of messages that nobody has meant yet: the same question as in sending, and nothing is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from afterword.kit import sql

from .judge import MAKE, MAKE_WAYS, WAYS, verdict_text

# What went after the moment was not known at it.
ASK = """
with went as (select * from public.went where went_at <= %(moment)s)
select outcome, reason, count(*) from ({verdicts}) said group by 1, 2 order by 3 desc
"""
COLUMNS = "id, run, customer_id, order_id, store, message, channel, category, priority, planned_at, useful_until, moment, ended_at"


def foresee(select: str, params: dict[str, Any], moment: datetime) -> list[tuple[str, str, int]]:
    """Outcome, reason and number of the messages that a query yields as rows of the guard's table, each judged at its own moment.

    Args:
        select: id, run, customer_id, order_id, store, message, channel, category, priority, planned_at, useful_until, moment,
            ended_at.
        moment: what went after it counts for nothing.
    """
    with transaction.atomic():
        sql.run(MAKE)
        sql.run(MAKE_WAYS)
        sql.run("delete from judging; delete from judging_way")
        if not sql.run(f"insert into judging ({COLUMNS}) {select}", params):
            return []
        sql.run(WAYS)
        sql.run("analyze judging")
        found = sql.rows(ASK.format(verdicts=verdict_text().replace("%", "%%")), {"moment": moment})
        sql.run("delete from judging")
    return [(outcome, reason, int(count)) for outcome, reason, count in found]
