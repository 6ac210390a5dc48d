"""What other channels than e-mail carried lately, and what it cost."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from afterword.kit import sql

SPENT = """
select d.channel, d.provider, count(*) as sent, coalesce(sum(d.segments), 0)::int as segments, sum(d.cost_minor) as cost_minor, d.currency,
       count(*) filter (where d.state in ('delivered', 'read')) as arrived, count(*) filter (where d.state = 'read') as opened,
       count(*) filter (where d.state = 'failed') as failed
from message_delivery d
where d.channel <> 'email' and greatest(d.accepted_at, d.failed_at) > %(since)s and d.provider <> ''
  and (%(stores)s::text[] is null or d.store = any(%(stores)s))
group by 1, 2, 6 order by 1, 2, 6
"""


def spent(since: datetime, stores: list[str] | None = None) -> list[dict[str, Any]]:
    """By channel, provider and currency: how many went, in how many segments, for how much, how many arrived, were read, failed."""
    return sql.records(SPENT, {"since": since, "stores": stores})
