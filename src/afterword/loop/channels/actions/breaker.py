"""A provider that fails as a whole is left in peace for a while, longer each time, so that it is not drowned when it comes back."""

from __future__ import annotations

from datetime import datetime

from afterword.kit import sql

from ..rules import pace as rules

FAILED = """
insert into channel_breaker as b (provider, failures, since, said) values (%(provider)s, 1, %(now)s, %(said)s)
on conflict (provider) do update set failures = b.failures + 1, said = excluded.said,
    since = case when b.failures = 0 then excluded.since else b.since end
returning failures
"""


def failed(provider: str, said: str, now: datetime) -> datetime | None:
    """It could not be reached, or refused us as a whole; until when it rests now, if it does."""
    failures: int = sql.value(FAILED, {"provider": provider, "now": now, "said": said[:500]})
    until = rules.rest_after(failures, now)
    sql.run("update channel_breaker set rests_until = %s where provider = %s", [until, provider])
    return until


def answered(provider: str) -> bool:
    """It answers; says whether it had been failing."""
    return sql.run("update channel_breaker set failures = 0, rests_until = null where provider = %s and failures > 0", [provider]) > 0
