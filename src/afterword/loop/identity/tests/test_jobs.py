"""What waits for a name is bounded, whoever makes up visits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from afterword.kit import sql
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door
from afterword.loop.identity.jobs import forget_strangers

T0 = datetime(2026, 5, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def visited(anonymous: str, minutes: int, store: str = "main") -> None:
    at = T0 + timedelta(minutes=minutes)
    told = Told("page.viewed", at, "test", f"{store}{anonymous}{minutes}", store=store, who=Who(anonymous_id=anonymous))
    assert not door.record([told], received_at=at).refused


def waiting() -> list[tuple[str, str, int]]:
    return sql.rows("select store, value, count(*) from identity_waiting group by 1, 2 order by 1, 2")


def test_of_a_store_that_holds_too_many_visits_those_go_who_were_seen_longest_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    for who, minutes in (("ana", 0), ("bot", 1), ("bot", 2), ("cat", 3), ("ana", 9), ("dan", 4)):
        visited(who, minutes)
    visited("eva", 0, "other")
    ordered = Told("shipment.delivered", T0, "test", "parcel", order="1", shipment="P1")
    assert not door.record([ordered], received_at=T0 - timedelta(days=1)).refused
    monkeypatch.setenv("AFTERWORD_WAITING_VISITS", "6")
    assert forget_strangers(T0 + timedelta(days=1)) == 0
    monkeypatch.setenv("AFTERWORD_WAITING_VISITS", "3")
    assert forget_strangers(T0 + timedelta(days=1)) == 3, "whole visitors go: of bot both, then cat"
    kept = [row for row in waiting() if row[1] in ("ana", "bot", "cat", "dan", "eva")]
    assert kept == [("main", "ana", 2), ("main", "dan", 1), ("other", "eva", 1)]
    assert len(waiting()) == 4, "what waits for an order is no visit"
    assert forget_strangers(T0 + timedelta(days=91)) == 5


def test_who_says_their_name_in_time_keeps_what_they_did(monkeypatch: pytest.MonkeyPatch) -> None:
    visited("old", 0)
    visited("new", 5)
    monkeypatch.setenv("AFTERWORD_WAITING_VISITS", "1")
    forget_strangers(T0 + timedelta(hours=1))
    named = [Told("page.viewed", T0, "test", f"n{who}", who=Who(external_id=who, anonymous_id=who)) for who in ("old", "new")]
    assert not door.record(named, received_at=T0 + timedelta(hours=1)).refused
    told = sql.value("select count(*) from event_inbox where name = 'page.viewed'")
    assert (told, waiting()) == (3, [])
