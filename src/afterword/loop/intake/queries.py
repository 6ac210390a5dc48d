"""Reading the quarantine."""

from __future__ import annotations

from typing import Any

from afterword.kit import sql


def quarantined(*, before: int | None = None, most: int = 50, store: str | None = None) -> list[dict[str, Any]]:
    """The bodies that wait for somebody, the newest first; `before` is the id to go on from."""
    return sql.records(
        "select id, received_at, source, store, body, fault, complaints from event_quarantine "
        "where replayed_at is null and discarded_at is null and (%(before)s::bigint is null or id < %(before)s) "
        "and (%(store)s::text is null or store = %(store)s) order by id desc limit %(most)s",
        {"before": before, "store": store, "most": most},
    )


def waiting() -> int:
    """How many bodies wait for somebody."""
    return int(sql.value("select count(*) from event_quarantine where replayed_at is null and discarded_at is null"))
