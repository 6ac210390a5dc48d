"""What a letter shows of things: their names in the reader's language, their pictures, and where more of them is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.consent import door as consent
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.messages.queries.letters import Letter, letters, meetings

AT = datetime(2026, 5, 4, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def order(**product: Any) -> dict[str, Any]:
    """The row of an order for a mug and a tea, of which the catalogue knows what is given of the tea."""
    lines = [
        {"product": "mug", "title": "Mug", "quantity": 1, "unit_price_minor": 900, "image_url": "https://shop.example/mug.jpg"},
        {"product": "tea", "title": "Tea", "quantity": 2, "unit_price_minor": 500, "life": "consumable"},
    ]
    who = Who("c1", "ana@example.com", verified=True)
    properties = {"currency": "EUR", "total_minor": 1900, "lines": lines, "language": "ko"}
    told = [Told("order.placed", AT, "test", "o1", who=who, order="o1", properties=properties, personal={"email": "ana@example.com"})]
    if product:
        told.append(Told("product.updated", AT, "test", "p1", product="tea", properties={"title": "Tea", **product}))
    assert not identity.record(told, received_at=AT).refused
    events.seal(AT)
    found = sql.records("select id as order_id, customer_id from orders_order")[0]
    return {**found, "id": UUID(int=5), "store": "main"}


def letter(message: str, row: dict[str, Any]) -> str:
    """The source of one letter, unwrapped enough to be searched."""
    from email import message_from_bytes, policy

    ((_, made),) = letters([{**row, "message": message}], lambda row: AT)
    assert isinstance(made, Letter), made
    part = message_from_bytes(made.mail.raw, policy=policy.default).get_body(("html",))
    assert part is not None
    return str(part.get_content())


def test_lines_show_pictures_and_addresses_of_the_catalogue_and_names_in_the_readers_language() -> None:
    row = order(url="https://shop.example/tea", image_url="https://shop.example/tea.jpg", titles={"ko": "녹차"})
    html = letter("order_confirmation", row)
    assert "https://shop.example/mug.jpg" in html
    assert "https://shop.example/tea.jpg" in html
    assert "녹차" in html
    assert "/c/l/" in html


def test_more_is_ordered_where_the_thing_is_else_at_the_shops_address_else_there_is_no_button() -> None:
    row = order(url="https://shop.example/tea")
    with_address = letter("reorder_reminder", row)
    assert "/c/l/" in with_address
    assert "Tea" in with_address
    sql.run("update catalog_product set url = 'javascript:alert(1)'")
    assert "/c/l/" not in letter("reorder_reminder", row)
    assert 'class="button"' not in letter("reorder_reminder", row)
    accounts.save_store("main", by=None, brand={"site_url": "https://shop.example/"})
    assert "/c/l/" in letter("reorder_reminder", row)


def test_where_it_goes_is_not_said_where_nobody_knows_it() -> None:
    assert ">받는 곳<" not in letter("order_confirmation", order())


def test_a_review_is_asked_for_with_five_links_one_for_each_star() -> None:
    html = letter("review_request", order())
    assert [f"/{n}?l=ko" in html for n in range(1, 6)] == [True] * 5
    assert "/c/r/" in html


def test_a_letter_about_one_thing_names_that_thing_and_leads_to_the_page_about_it() -> None:
    row = order(url="https://shop.example/tea")
    who = Who("c1", "ana@example.com", verified=True)
    about = {"title": "Kettle K2", "url": "https://shop.example/recall"}
    told = [
        Told("recall.issued", AT, "test", "r1", who=who, order="o1", product="kettle", properties=about),
        Told("recall.issued", AT, "test", "r2", who=who, order="o1", product="tea"),
        Told("recall.issued", AT, "test", "r3", who=who, order="o1", product="unknown"),
    ]
    assert not identity.record(told, received_at=AT).refused
    events.seal(AT.replace(hour=10))
    runs = [run for (run,) in sql.rows("select id from event where name = 'recall.issued' order by known_at")]
    named, found, unknown = (letter("recall_notice", {**row, "run": run}) for run in runs)
    assert "Kettle K2" in named
    assert "Tea" in found
    assert "Mug" not in unknown, "another thing than the one that is called back"


def test_where_nothing_is_counted_letters_carry_plain_links_and_no_picture() -> None:
    """By the person's wish, and by the store's."""
    row = order(url="https://shop.example/tea")
    html = letter("order_confirmation", row)
    assert ("/c/l/" in html, "/c/i/" in html) == (True, True)
    consent.withdraw(row["customer_id"], channel="all", purpose="tracking", at=AT, every_store=True, how="gpc")
    events.seal(AT + timedelta(seconds=1))
    html = letter("order_confirmation", row)
    assert ("/c/l/" in html, "/c/i/" in html, "https://shop.example/tea" in html) == (False, False, True)
    consent.grant(row["customer_id"], channel="all", purpose="tracking", at=AT + timedelta(hours=1), every_store=True)
    events.seal(AT + timedelta(hours=2))
    assert "/c/i/" in letter("order_confirmation", row)
    accounts.save_store("main", by=None, brand={"tracking": False})
    html = letter("order_confirmation", row)
    assert ("/c/l/" in html, "/c/i/" in html) == (False, False)


def test_a_letter_knows_where_the_parcel_lies_and_when_the_service_is() -> None:
    row = order()
    who = Who("c1", "ana@example.com", verified=True)
    lies = {"pickup_until": "2026-05-09T16:00:00Z"}
    told = [
        Told("shipment.ready_for_pickup", AT, "test", "s1", who=who, order="o1", shipment="z", properties=lies,
             personal={"pickup_place": "Locker 7"}),
        Told("service.booked", AT, "test", "b1", who=who, product="tea", properties={"booked_from": "2026-05-12T08:00:00Z"}),
        Told("service.cancelled", AT, "test", "b2", who=who, product="tea", properties={"booked_for": "2026-05-12"}),
    ]  # fmt: skip
    assert not identity.record(told, received_at=AT).refused
    events.seal(AT + timedelta(seconds=1))
    runs = dict(sql.rows("select name, id from event where name like 'service.%%' or name = 'shipment.ready_for_pickup'"))
    found = meetings(list(runs.values()))
    lying = found[runs["shipment.ready_for_pickup"]]
    assert (lying["kind"], lying["to"], lying["place"]) == ("pickup", "2026-05-09T16:00:00+00:00", "Locker 7")
    booked, off = found[runs["service.booked"]], found[runs["service.cancelled"]]
    assert (booked["id"] == off["id"], booked["cancelled"], off["cancelled"], off["from"]) == (True, False, True, "2026-05-12")
    assert "Locker 7" in letter("pickup_reminder", {**row, "run": runs["shipment.ready_for_pickup"]})
    assert "Locker 7" not in letter("pickup_reminder", row)
