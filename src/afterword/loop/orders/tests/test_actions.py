"""Orders as they follow from the log."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from afterword.kit import sql
from afterword.loop.catalog import door as catalog
from afterword.loop.customers import door as customers
from afterword.loop.customers.models import Customer
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.orders import door, jobs
from afterword.loop.orders.models import Line, Order, OrderHistory, Refund, Shipment

T0 = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db
_n = iter(range(10**6))


def told(name: str, at: datetime, *, order: str | None = "1001", **more: Any) -> Told:
    given = {key: more.pop(key) for key in ("shipment", "product", "who") if key in more}
    return Told(name, at, "test", f"o{next(_n)}", order=order, properties=more, **given)


def placed(at: datetime = T0, *, order: str = "1001", who: str = "1", **more: Any) -> Told:
    lines = [{"product": "tea", "title": "Tea", "quantity": 2, "unit_price_minor": 1290}]
    contents = {"currency": "EUR", "total_minor": 2580, "lines": lines, "zone": "Europe/Bucharest", "country": "RO"}
    return told("order.placed", at, order=order, who=Who(external_id=who, email=f"{who}@example.com"), **{**contents, **more})


def learn(*given: Told, until: datetime) -> None:
    recorded = identity.record(given, received_at=until)
    assert not recorded.refused, recorded.refused
    events.seal(until, known="occurred")


def test_an_order_keeps_its_past() -> None:
    learn(placed(promised_to="2026-05-05T21:00:00Z"), until=T0)
    learn(told("order.paid", T0 + DAY), told("shipment.accepted", T0 + 2 * DAY, shipment="z"), until=T0 + 2 * DAY)
    learn(told("shipment.promised", T0 + 2 * DAY, shipment="z", promised_to="2026-05-06T21:00:00Z", by="carrier"), until=T0 + 3 * DAY)
    columns = ("status", "promised_to", "items", "total_base_minor", "first_order")
    rows: list[Any] = list(OrderHistory.objects.order_by("known_from").values_list(*columns))
    assert [row[0] for row in rows] == ["placed", "paid", "shipped", "shipped"]
    assert [row[1].day for row in rows] == [5, 5, 5, 6]
    assert rows[0][2:] == (2, 2580, True)
    order = Order.objects.get()
    assert (order.number, order.email, order.status) == ("1001", "1@example.com", "shipped")
    assert Line.objects.get().title == "Tea"


def test_the_last_parcel_makes_the_order_delivered_at_the_instant_it_arrived() -> None:
    learn(placed(), told("shipment.created", T0, shipment="a"), told("shipment.created", T0, shipment="b"), until=T0 + DAY)
    learn(told("shipment.delivered", T0 + 2 * DAY, shipment="a"), until=T0 + 2 * DAY)
    assert Order.objects.get().delivered_at is None
    assert events.waiting() == 0
    learn(told("shipment.delivered", T0 + 3 * DAY, shipment="b"), until=T0 + 4 * DAY)
    learn(told("shipment.in_transit", T0 + DAY, shipment="b"), until=T0 + 5 * DAY)
    order = Order.objects.get()
    assert (order.delivered_at, order.status) == (T0 + 3 * DAY, "delivered")
    assert {s.milestone for s in Shipment.objects.all()} == {"delivered"}


def test_a_broken_promise_is_told_once_at_the_end_of_the_promised_local_day() -> None:
    learn(placed(promised_to="2026-05-05T21:00:00Z"), until=T0)
    assert jobs.tell_delays(datetime(2026, 5, 5, 20, 59, tzinfo=UTC)) == 0
    late = datetime(2026, 5, 5, 21, 0, tzinfo=UTC)
    assert jobs.tell_delays(late) == 1
    assert jobs.tell_delays(late) == 0
    events.seal(late, known="occurred")
    assert jobs.tell_delays(late + DAY) == 0
    assert sql.one("select occurred_at, known_at, shipped from event_shipment_delayed") == (late, late, False)
    learn(told("order.updated", T0 + 5 * DAY, promised_to="2026-05-08T21:00:00Z"), until=T0 + 6 * DAY)
    assert jobs.tell_delays(T0 + 10 * DAY) == 1


def test_a_delivered_or_cancelled_order_is_never_late_and_a_silent_parcel_is_told_once() -> None:
    promise = "2026-05-05T21:00:00Z"
    learn(placed(promised_to=promise), placed(order="2", promised_to=promise), told("order.cancelled", T0, order="2"), until=T0 + DAY)
    learn(told("shipment.in_transit", T0 + DAY, shipment="z"), until=T0 + 2 * DAY)
    assert jobs.tell_stalls(T0 + 8 * DAY) == 1
    assert jobs.tell_stalls(T0 + 8 * DAY) == 0
    learn(told("shipment.delivered", T0 + 2 * DAY, shipment="z"), until=T0 + 9 * DAY)
    events.seal(T0 + 10 * DAY)
    assert jobs.tell_delays(T0 + 30 * DAY) == 0
    assert jobs.tell_stalls(T0 + 30 * DAY) == 0


def test_a_consumable_runs_out_after_its_delivery_as_the_catalog_says() -> None:
    learn(told("product.updated", T0 - DAY, order=None, product="tea", title="Tea", life="consumable", use_for_days=30), until=T0 - DAY)
    learn(placed(), told("order.delivered", T0 + DAY), until=T0 + DAY)
    order = Order.objects.get()
    assert (order.product_life, order.runs_out_at) == ("consumable", T0 + 61 * DAY)


def test_a_refund_of_everything_refunds_the_order_and_a_part_does_not() -> None:
    learn(placed(), told("order.refunded", T0 + DAY, amount_minor=1000, currency="EUR"), until=T0 + DAY)
    assert Order.objects.get().refunded_at is None
    learn(told("order.refunded", T0 + 2 * DAY, amount_minor=1580), until=T0 + 2 * DAY)
    assert Order.objects.get().status == "refunded"
    assert Refund.objects.count() == 2


def test_an_amount_in_a_foreign_currency_is_worth_the_days_rate_or_nothing() -> None:
    sql.run("insert into currency_rate values ('RON', 'EUR', '2026-04-01', 0.2, 'test'), ('RON', 'EUR', '2026-06-01', 0.3, 'test')")
    learn(placed(currency="RON", total_minor=10000), placed(order="2", currency="JPY", total_minor=500), until=T0 + DAY)
    assert set(Order.objects.values_list("currency", "total_base_minor")) == {("RON", 2000), ("JPY", None)}


def test_a_customer_is_found_by_the_beginnings_of_words_and_forgotten_on_request() -> None:
    learn(placed(full_name="Ana Pop", phone="+40 722 000 111"), until=T0)
    ana = Customer.objects.get()
    assert (ana.full_name, ana.orders, ana.spent_base_minor, ana.country) == ("Ana Pop", 1, 2580, "RO")
    for words in ("ana", "po an", "1@exa", "4072", "1001"):
        assert list(customers.search(words)) == [ana], words
    assert not customers.search("ana x").exists()
    identity.erase(ana.id, T0)
    events.seal(T0 + DAY)
    gone = Customer.objects.get()
    assert (gone.full_name, gone.email, gone.orders) == (None, None, 1)
    assert not customers.search("ana").exists()
    assert (Order.objects.get().email, Order.objects.get().number) == (None, None)


SHIPPING = ("created", "promised", "accepted", "in_transit", "delivered", "exception", "returned", "cancelled")
TABLES = ("order_history", "orders_order", "orders_line", "orders_payment", "orders_refund", "orders_shipment", "orders_milestone",
          "customer_history", "customers_customer", "customers_token", "catalog_product")  # fmt: skip


def anything(dice: random.Random, n: int) -> Told:
    order, at = str(dice.randint(1, 6)), T0 + timedelta(minutes=dice.randint(0, 5000))
    who = str(int(order) % 3)
    match dice.randint(0, 9):
        case 9:
            known = Who(who if dice.random() < 0.4 else None, f"m{who}@example.com", verified=True)
            if dice.random() < 0.3:
                return told("page.viewed", at, order=None, who=known)
            return told("customer.updated", at, order=None, who=known, language=dice.choice(["ro", "en"]))
        case 0 | 1:
            return placed(at, order=order, who=who, total_minor=dice.randint(1, 9999), full_name=dice.choice(["Ana", "Ion Pop", "김민준"]))
        case 2:
            return told("order.updated", at, order=order, promised_to=(at + DAY).isoformat(), note="x")
        case 3:
            amount = {"amount_minor": dice.randint(1, 6000)} if dice.random() < 0.7 else {}
            return told(dice.choice(["order.paid", "order.refunded"]), at, order=order, **amount)
        case 4:
            return told("order.cancelled", at, order=order) if dice.random() < 0.3 else told("order.fulfilled", at, order=order)
        case 5:
            found = {"country": dice.choice(["RO", "MD"])} | ({"zone": "Asia/Seoul"} if dice.random() < 0.5 else {})
            return told("customer.updated", at, order=None, who=Who(external_id=who, email=f"{n}@example.com", verified=True), **found)
        case 6:
            return told("product.updated", at, order=None, product="tea", title=f"Tea {n}", life=dice.choice(["durable", "consumable"]))
        case _:
            name = f"shipment.{dice.choice(SHIPPING)}"
            more = {"promised_to": (at + DAY).isoformat()} if dice.random() < 0.5 else {"last": dice.random() < 0.5}
            return told(name, at, order=order, shipment=f"{order}-{dice.randint(1, 2)}", **more)


def picture() -> dict[str, list[str]]:
    return {table: sorted(str(row) for row in sql.rows(f"select to_jsonb(t) from {table} t")) for table in TABLES}


@pytest.mark.parametrize("seed", range(8))
def test_what_follows_live_is_what_follows_anew_from_the_log(seed: int) -> None:
    dice = random.Random(seed)
    now = T0 + timedelta(days=4)
    for n in range(30):
        batch = [anything(dice, n * 10 + k) for k in range(dice.randint(0, 8))]
        identity.record(batch, received_at=now)
        now += timedelta(hours=dice.randint(0, 30))
        if dice.random() < 0.3:
            jobs.tell_delays(now)
            jobs.tell_stalls(now)
        events.seal(now, known=dice.choice(["until", "occurred"]))
    while events.waiting():
        now += DAY
        events.seal(now)
    live = picture()
    assert live["orders_order"]
    assert live["orders_shipment"]
    customers.rebuild(), door.rebuild(), catalog.rebuild()
    again = picture()
    assert {table: (set(again[table]) ^ set(live[table])) for table in TABLES if again[table] != live[table]} == {}


def test_an_order_whose_last_parcel_arrived_is_not_late_while_its_delivery_waits_to_be_sealed() -> None:
    learn(placed(promised_to="2026-05-03T21:00:00Z"), told("shipment.delivered", T0 + DAY, shipment="z"), until=T0 + 9 * DAY)
    assert events.waiting() == 1
    assert jobs.tell_delays(T0 + 9 * DAY) == 0


def test_what_follows_from_imported_history_is_marked_as_imported() -> None:
    from dataclasses import replace

    first = replace(placed(promised_to="2026-05-03T21:00:00Z"), source="import")
    second = replace(placed(order="2"), source="import")
    arrived = replace(told("shipment.delivered", T0 + DAY, order="2"), source="import")
    identity.record([first, second, arrived], received_at=T0 + 20 * DAY)
    events.seal(T0 + 20 * DAY)
    assert jobs.tell_delays(T0 + 20 * DAY) == 1
    events.seal(T0 + 21 * DAY)
    assert sql.value("select imported from event_shipment_delayed") is True
    assert sql.value("select imported from event_order_delivered") is True
