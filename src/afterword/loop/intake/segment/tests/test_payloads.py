"""Segment's messages in our words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afterword.loop.intake.segment.payloads import understand
from afterword.loop.intake.types import Understood

SAMPLES = Path(__file__).resolve().parents[7] / "shared" / "data" / "webhooks" / "segment"
T0 = datetime(2026, 5, 1, 12, tzinfo=UTC)


def said(body: Any, **more: Any) -> Understood:
    return understand(body, store="main", currency="EUR", received_at=T0, **more)


def sample(name: str) -> dict[str, Any]:
    if not SAMPLES.exists():
        pytest.skip("the vendors' sample bodies are not on this machine (shared/data/webhooks)")
    body: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text())
    return {**body, "userId": "u1", "messageId": "m1"}


def test_an_order_completed_is_an_order_placed() -> None:
    (told,) = said(sample("order_completed")).told
    assert (told.name, told.order, told.source_id) == ("order.placed", "50314b8e9bcf000000000000", "main:m1")
    p = told.properties
    assert (p["total_minor"], p["subtotal_minor"], p["shipping_minor"], p["tax_minor"], p["discount_minor"]) == (2750, 2250, 300, 200, 250)
    assert (p["currency"], p["coupon"], len(p["lines"])) == ("USD", "hasbros", 2)
    assert p["lines"][1] == {
        "product": "505bd76785ebb509fc183733", "sku": "46493-32", "title": "Uno Card Game", "quantity": 2, "unit_price_minor": 300,
        "category": "Games",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("file", "name"),
    [("order_updated", "order.updated"), ("order_refunded", "order.refunded"), ("order_cancelled", "order.cancelled"),
     ("product_viewed", "product.viewed"), ("product_reviewed", "review.submitted"), ("product_added", "cart.updated"),
     ("coupon_applied", "coupon.applied"), ("checkout_started", "checkout.started")],
)  # fmt: skip
def test_each_sample_is_understood(file: str, name: str) -> None:
    understood = said(sample(file))
    assert not understood.complaints
    assert understood.told[0].name == name


def test_a_rating_in_text_is_a_number_and_a_currency_in_small_letters_a_currency() -> None:
    assert said(sample("product_reviewed")).told[0].properties["rating"] == 5
    viewed = said(sample("product_viewed")).told[0]
    assert (viewed.properties["currency"], viewed.properties["price_minor"], viewed.product) == ("USD", 1899, "507f1f77bcf86cd799439011")


@pytest.mark.parametrize("event", ["Order Completed", " order  completed ", "ORDER COMPLETED", "order.placed"])
def test_names_are_trimmed_and_their_case_does_not_matter(event: str) -> None:
    body = {"type": "track", "event": event, "userId": "1", "properties": {"order_id": 17, "total": "12.90"}}
    (told,) = said(body).told
    assert (told.name, told.order, told.properties["total_minor"]) == ("order.placed", "17", 1290)


def test_a_wrong_clock_is_put_right_by_when_it_says_it_sent() -> None:
    body = {"type": "page", "anonymousId": "a", "timestamp": "2031-01-01T00:00:00Z", "sentAt": "2031-01-01T00:00:30Z"}
    assert said(body).told[0].occurred_at == datetime(2026, 5, 1, 11, 59, 30, tzinfo=UTC)


def test_the_same_message_without_an_id_is_one_event() -> None:
    body = {"type": "page", "anonymousId": "a", "name": "Home"}
    assert said({**body, "sentAt": "2026-05-01T12:00:00Z"}).told[0].source_id == said(body).told[0].source_id


def test_a_profile_keeps_what_names_somebody_apart_and_an_alias_links_the_visitor() -> None:
    traits = {"email": "ana@example.com", "name": "Ana", "address": {"country": "ro"}, "timezone": "Europe/Bucharest"}
    (told,) = said({"type": "identify", "userId": "1", "traits": traits, "context": {"locale": "ro_RO"}}).told
    assert told.properties == {"country": "RO", "language": "ro-RO", "zone": "Europe/Bucharest"}
    assert told.personal["full_name"] == "Ana"
    assert told.who is not None
    assert not told.who.verified
    (alias,) = said({"type": "alias", "previousId": "anon", "userId": "1"}).told
    assert alias.who is not None
    assert (alias.who.external_id, alias.who.anonymous_id) == ("1", "anon")


def test_a_page_keeps_no_query() -> None:
    (told,) = said({"type": "page", "anonymousId": "a", "properties": {"url": "https://s.example/x?email=ana@x.com#y"}}).told
    assert told.properties["url"] == "https://s.example/x"


def test_what_cannot_be_read_is_named_by_its_path() -> None:
    properties = {"total": "much", "products": [{"quantity": "x"}, 5]}
    body = {"type": "track", "event": "Order Completed", "userId": "1", "properties": properties}
    assert {c.path for c in said(body).complaints} == {
        "properties.total", "properties.products[0].quantity", "properties.products[1]", "properties.order_id",
    }  # fmt: skip


KEYS = ["type", "event", "userId", "properties", "traits", "context", "products", "total", "timestamp"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["track", "1e999", "\x00", "NaN"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(JSON, st.sampled_from(["track", "identify", "page", "alias", "group"]))
def test_nothing_that_can_be_sent_breaks_the_translation(body: Any, kind: str) -> None:
    if isinstance(body, dict):
        body = {"event": "Order Completed", **body}
    understood = said(body, kind=kind)
    assert understood.told or understood.complaints
