"""Reading the quarantine."""

from __future__ import annotations

from typing import Any

from afterword.kit import sql

from .types import NoSuchBody


def quarantined(*, before: int | None = None, most: int = 50, stores: list[str] | None = None) -> list[dict[str, Any]]:
    """The bodies that wait for somebody, the newest first; `before` is the id to go on from, `stores` those that count (None: all)."""
    return sql.records(
        "select id, received_at, source, store, body, fault, complaints from event_quarantine "
        "where replayed_at is null and discarded_at is null and (%(before)s::bigint is null or id < %(before)s) "
        "and (%(stores)s::text[] is null or store = any(%(stores)s)) order by id desc limit %(most)s",
        {"before": before, "stores": stores, "most": most},
    )


def waiting(stores: list[str] | None = None) -> int:
    """How many bodies wait for somebody, in these stores (None: in all)."""
    return int(
        sql.value(
            "select count(*) from event_quarantine where replayed_at is null and discarded_at is null "
            "and (%(stores)s::text[] is null or store = any(%(stores)s))",
            {"stores": stores},
        )
    )


def stores_of_bodies(ids: list[int]) -> list[str]:
    """The stores for which these bodies came."""
    return [row[0] for row in sql.rows("select distinct store from event_quarantine where id = any(%s)", [ids])]


def quarantined_body(id: int) -> dict[str, Any]:
    """One body as it came, with the fault and every complaint; also one that was tried again or discarded. Raises NoSuchBody."""
    found = sql.records(
        "select id, received_at, source, store, body, fault, complaints, replayed_at, discarded_at, from_browser from event_quarantine "
        "where id = %s",
        [id],
    )
    if not found:
        raise NoSuchBody(id=id)
    return {**found[0], "body": bytes(found[0]["body"])}
