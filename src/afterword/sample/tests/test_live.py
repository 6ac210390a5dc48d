"""After the past: new orders trickle in, once each, and the sample can be left behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.sample import door
from afterword.sample.types import NothingLived

END = datetime(2026, 5, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def living() -> None:
    shop = door.source("sample", None, seed=7, customers=400, days=30, until=END)
    door.begin(shop, seed=7)
    sql.run("update sample_replay set at = ends_at, done_at = now()")
    door.go_live(shop)


def test_orders_trickle_in_once_and_a_pause_is_caught_up_with() -> None:
    assert door.trickle(END) == 0
    living()
    assert clock.shown() is None
    first = door.trickle(END + timedelta(hours=30))
    assert first > 50
    sql.run("update sample_replay set at = %s", [END + timedelta(hours=2)])
    assert door.trickle(END + timedelta(hours=30)) == 0, "told again, known by its ids"
    later = END + timedelta(days=7)
    while door.progress().at < later:  # type: ignore[union-attr]
        assert door.trickle(later) > 0
    assert sql.value("select max(occurred_at) from event_inbox") <= later


def test_the_sample_is_left_behind_and_what_people_set_up_stays() -> None:
    before = accounts.stores()
    with pytest.raises(NothingLived):
        door.leave_behind()
    living()
    door.trickle(END + timedelta(hours=8))
    accounts.create_member("ana@shop.example", "owner", by=None, name="Ana")
    door.leave_behind()
    assert door.progress() is None
    assert not door.is_living()
    for table in ("event", "event_inbox", "event_source", "customers_customer", "journey", "message_intent"):
        assert sql.value(f"select count(*) from {table}") == 0, table
    assert accounts.member_by_email("ana@shop.example") is not None
    assert accounts.stores() == before, "the store is as it was before the sample"
    assert door.trickle(END + timedelta(days=1)) == 0
    living()
    assert door.trickle(END + timedelta(hours=8)) > 0


def test_a_store_that_somebody_made_theirs_stays_when_the_sample_goes() -> None:
    living()
    ana = accounts.create_member("ana@shop.example", "owner", by=None, name="Ana")
    (store,) = accounts.stores()
    accounts.save_store(store.key, by=ana, name="Ana’s")
    sql.run("insert into currency_rate values ('RON', 'EUR', '2026-04-01', 0.2, 'Ana')")
    door.leave_behind()
    assert [one.name for one in accounts.stores()] == ["Ana’s"]
    assert sql.value("select count(*) from currency_rate") == 1
