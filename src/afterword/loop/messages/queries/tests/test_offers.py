"""Blocks that offer: products from named sources, a link to pass on; nothing is shown, and nothing asked, where there is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.catalog import door as catalog
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.messages.actions import write
from afterword.loop.messages.actions.forget import forget
from afterword.loop.messages.queries import offers
from afterword.loop.messages.queries.letters import Letter, letters
from afterword.loop.messages.queries.trying import found
from afterword.loop.messages.queries.tryouts import as_for
from afterword.loop.messages.rules.wording import document

AT = datetime(2026, 5, 4, 9, tzinfo=UTC)
BODY = '<mj-include path="products"/><mj-include path="referral"/>'
pytestmark = pytest.mark.django_db


def ordered(n: int, *things: str) -> Told:
    lines = [{"product": one, "title": one, "quantity": 1} for one in things]
    who = Who(f"c{n}", f"c{n}@example.com", verified=True)
    properties = {"currency": "EUR", "total_minor": 1900, "lines": lines, "language": "ro"}
    return Told("order.placed", AT, "test", f"o{n}", who=who, order=f"o{n}", properties=properties)


def shop() -> dict[str, Any]:
    """A catalogue of five things; mug and tea are often bought together, mug and cup once. The row of an order for a mug."""
    accounts.save_store("main", by=None, name="Lut", brand={"site_url": "https://lut.example/shop?a=1"})
    told = [ordered(1, "mug"), ordered(2, "mug", "tea"), ordered(3, "mug", "tea"), ordered(4, "mug", "cup"), ordered(5, "honey", "cup")]
    for n, name in enumerate(("mug", "tea", "cup", "honey", "gone")):
        properties = {
            "title": name.title(), "titles": {"ro": f"{name} RO"}, "url": f"https://lut.example/{name}", "price_minor": 1000 + n,
            "currency": "EUR", "available": name != "gone",
        }  # fmt: skip
        told.append(Told("product.updated", AT + timedelta(minutes=n), "test", f"p{n}", product=name, properties=properties))
    assert not identity.record(told, received_at=AT).refused
    events.seal(AT + timedelta(hours=1))
    order = events.order_id("main", "o1")
    customer = sql.value("select customer_id from orders_order where id = %s", [order])
    return {"id": UUID(int=7), "order_id": order, "customer_id": customer, "store": "main", "message": "offer"}


def names(given: dict[UUID, list[dict[str, Any]]]) -> list[str]:
    return [one["title"] for those in given.values() for one in those]


def published(**more: str) -> None:
    begun = write.begin_message("offer", "Offer", "service", "ro", at=AT)
    variants = {"ro": {"subject": "O ofertă pentru dumneavoastră", "body": BODY}}
    kept = write.save_message({**document(begun), "variants": variants, **more}, base=begun.mark, at=AT)
    write.publish_message("offer", base=kept.mark, at=AT)


def html(row: dict[str, Any]) -> str:
    ((_, made),) = letters([row], lambda _row: AT)
    assert isinstance(made, Letter), made
    part = message_from_bytes(made.mail.raw, policy=policy.default).get_body(("html",))
    return str(part.get_content()) if part is not None else ""


def test_what_others_bought_with_it_comes_first_and_what_is_new_fills_the_grid() -> None:
    row = shop()
    assert names(offers.offered([(row, "")])) == ["Tea", "Cup", "Honey"]
    assert names(offers.offered([(row, "newest")])) == ["Honey", "Cup", "Tea"]
    assert names(offers.offered([(row, "together")])) == ["Tea", "Cup"]
    assert offers.offered([(row, "order")]) == {}, "one thing makes no grid"
    loose = {**row, "order_id": None}
    assert names(offers.offered([(loose, "together")])) == ["Tea", "Cup"], "without an order, the latest one counts"


def test_a_room_that_knows_better_is_asked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    row = shop()
    best = [events.product_id("main", "honey")]
    monkeypatch.setattr(offers, "_products", {})
    offers.register_products("care", "what suits them", lambda rows: {one["id"]: best for one in rows})
    assert names(offers.offered([(row, "")])) == ["Honey", "Tea", "Cup"]
    assert offers.sources()[0].name == "care"
    assert offers.offered([(row, "care")]) == {}


def test_a_letter_shows_the_products_in_its_language_and_the_customers_own_link() -> None:
    row = shop()
    published()
    made = html(row)
    assert made.index("tea RO") < made.index("cup RO") < made.index("honey RO")
    assert "10,01" in made
    code = offers.referral_code(row["customer_id"])
    assert f"https://lut.example/shop?a=1&amp;ref={code}" in made
    assert offers.referrer(code.upper()) == row["customer_id"]
    assert offers.referrer("nobody") is None
    forget([row["customer_id"]])
    assert offers.referrer(code) is None


def test_whoever_reads_it_before_it_goes_sees_what_it_offers_and_leaves_no_code_behind() -> None:
    row = shop()
    published()
    made, _ = as_for("offer", row["customer_id"], origin="campaign:news", store="main", at=AT)
    assert "tea RO" in made.html
    assert offers.referral_code(row["customer_id"]) in made.html
    assert sql.value("select count(*) from message_referral") == 0


def test_a_code_is_that_of_whoever_its_customer_was_merged_with() -> None:
    row = shop()
    published()
    html(row)
    other = sql.value("select customer_id from orders_order where id = %s", [events.order_id("main", "o2")])
    survivor = identity.merge_customers(row["customer_id"], other, at=AT + timedelta(hours=2))
    assert offers.referrer(offers.referral_code(row["customer_id"])) == survivor


def test_without_a_catalogue_or_an_address_the_blocks_show_nothing() -> None:
    row = shop()
    published(products="order")
    accounts.save_store("main", by=None, brand={"site_url": ""})
    made = html(row)
    assert "?ref=" not in made.replace("&amp;ref=", "?ref=")
    assert "V-ar putea" not in made


def test_messages_without_such_blocks_ask_nothing_more() -> None:
    row = {**shop(), "message": "order_confirmation"}
    with CaptureQueriesContext(
        connection,
    ) as asked:
        html(row)
    assert not [one for one in asked.captured_queries if "catalog_newest" in one["sql"] or "changed_at desc" in one["sql"]]
    assert not sql.rows("select 1 from message_referral")


def test_a_source_that_is_gone_is_named_by_lint() -> None:
    shop()
    published(products="nowhere")
    from afterword.loop.messages.queries.wordings import draft

    assert any("nobody offers" in one.said for one in found(draft("offer").wording, AT))


def test_the_catalogue_gives_prices() -> None:
    shop()
    tea = events.product_id("main", "tea")
    assert catalog.products([tea])[tea]["price_minor"] == 1001
