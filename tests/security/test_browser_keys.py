"""A key that stands in a page is read by everybody. What whoever reads it tries, and what they get."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given

from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.events.door import order_id, vocabulary
from afterword.loop.identity import door as identity
from afterword.loop.intake import door as intake
from afterword.loop.intake.actions import quarantine

from .test_intake_fuzz import SEEN, bodies, segment

pytestmark = pytest.mark.django_db
Tell = Callable[..., Any]
VISITOR, VICTIM = "f8ebb1df-f74a-4455-adf1-f45a691b5972", "c-1"
PAGE = {"path": "/tea"}


def sender(key: str) -> Tell:
    headers = {"Authorization": "Basic " + b64encode(f"{key}:".encode()).decode()}

    def tell(address: str, said: Any, **more: str) -> Any:
        raw = said if isinstance(said, bytes) else json.dumps(said).encode()
        return Client(enforce_csrf_checks=True).post(address, raw, content_type="text/plain", headers={**headers, **more})

    return tell


@pytest.fixture
def page() -> Tell:
    """Tells with the key that stands in the shop's page."""
    return sender(accounts.create_key("main", "pages", by=None, kind="browser"))


@pytest.fixture
def server() -> Tell:
    """Tells with the key of the shop's server."""
    return sender(accounts.create_key("main", "server", by=None))


@pytest.fixture
def victim(server: Tell) -> Any:
    """A customer with an address that the shop vouches for."""
    who = {"external_id": VICTIM, "email": "ana@example.com", "verified": True}
    assert server("/api/v1/events", {"name": "customer.updated", "id": "v", "customer": who}).status_code == 200
    return customer("external", VICTIM)


def customer(kind: str, value: str) -> Any:
    return identity.customer_by(kind, "" if kind.endswith(("email", "phone")) else "main", value)


def told() -> list[tuple[str, str]]:
    """The names of what was kept, and whose word it is."""
    return [(name, source) for name, source in sql.rows("select name, source from event_inbox where source <> 'afterword' order by seq")]


def waiting() -> int:
    """Visits that wait for their visitor to become known."""
    return int(sql.value("select count(*) from identity_waiting"))


def event(name: str = "page.viewed", **more: Any) -> dict[str, Any]:
    return {"name": name, "customer": {"anonymous_id": VISITOR}, "properties": PAGE if name == "page.viewed" else {}, **more}


def message(kind: str = "page", **more: Any) -> dict[str, Any]:
    return {"type": kind, "anonymousId": VISITOR, "properties": {"url": "https://shop.example/tea"}, **more}


def paths(answer: Any) -> set[str]:
    body = answer.json()
    found = body.get("complaints") or body.get("refused")
    assert all(one["fault"] and one["expected"] for one in found)
    return {one["path"] for one in found}


# -- what it is for -------------------------------------------------------------------------------------------------------


def test_what_visitors_do_is_told_and_nothing_else_in_the_vocabulary(page: Tell) -> None:
    assert set(vocabulary.from_browsers) == {"page.viewed", "product.viewed", "search.performed", "cart.updated"}
    for one in vocabulary:
        answer = page("/api/v1/events", event(one.name, properties=one.example))
        assert answer.status_code == (200 if one.name in vocabulary.from_browsers else 422), one.name
        if answer.status_code == 422:
            assert paths(answer) == {"name"}
    assert (waiting(), told()) == (4, [])


def test_a_batch_keeps_what_may_be_told_and_says_of_each_other_item_what_is_wrong(page: Tell) -> None:
    answer = page("/api/v1/events", {"events": [event(id="1"), event("order.paid", order="1", id="2"), event(id="3")]})
    assert answer.json()["accepted"] == 2
    assert paths(answer) == {"events[1].name"}
    answer = page("/v1/batch", {"batch": [message(messageId="1"), message("identify", messageId="2"), message(messageId="4")]})
    assert answer.status_code == 200
    assert paths(answer) == {"batch[1].type"}
    assert waiting() == 3, "1 was told before, in the other form"
    assert intake.waiting() == 2


def test_the_shop_links_its_visitors_from_its_server_and_their_visits_follow(page: Tell, server: Tell, victim: Any) -> None:
    page("/v1/page", message(messageId="1"))
    assert told() == [("customer.updated", "api")]
    server("/v1/identify", {"userId": VICTIM, "anonymousId": VISITOR})
    assert sql.rows("select name, source, customer_id from event_inbox where name = 'page.viewed'") == [("page.viewed", "browser", victim)]
    page("/v1/page", message(messageId="2"))
    assert sql.value("select count(*) from event_inbox where name = 'page.viewed' and customer_id = %s", [victim]) == 2


# -- mails to strangers, other people's addresses --------------------------------------------------------------------------


def test_no_order_is_placed_and_so_no_mail_goes_to_a_stranger(page: Tell) -> None:
    bought = {"currency": "EUR", "total_minor": 1, "email": "stranger@example.com", "invoice_url": "https://evil.example/i.pdf"}
    who = {"anonymous_id": VISITOR, "email": "stranger@example.com"}
    assert page("/api/v1/events", event("order.placed", order="1", properties=bought, customer=who)).status_code == 422
    call = message("track", event="Order Completed", properties={"order_id": "1", "total": 1, "email": "stranger@example.com"})
    for address, said in (("/v1/track", call), ("/v1/t", call), ("/v1/batch", {"batch": [call]})):
        assert "event" in str(paths(page(address, said)))
    assert (told(), waiting()) == ([], 0)
    assert customer("claimed_email", "stranger@example.com") is None


@pytest.mark.parametrize("kind", ["identify", "alias", "group"])
def test_nobody_is_changed_linked_or_merged(page: Tell, victim: Any, kind: str) -> None:
    said = message(kind, userId=VICTIM, previousId="other", groupId="g", traits={"email": "thief@example.com", "name": "Thief"})
    for address, body in ((f"/v1/{kind}", said), (f"/v1/{kind[0]}", said), ("/v1/batch", {"batch": [said]})):
        assert any(path.endswith("type") for path in paths(page(address, body)))
    assert [customer("anonymous", VISITOR), customer("anonymous", "other"), customer("email", "thief@example.com")] == [None] * 3
    assert sql.value("select count(*) from identity_key where customer_id = %s", [victim]) == 2


@pytest.mark.parametrize(
    ("more", "path"),
    [({"customer": {"anonymous_id": VISITOR, "external_id": VICTIM}}, "customer.external_id"),
     ({"customer": {"anonymous_id": VISITOR, "email": "ana@example.com"}}, "customer.email"),
     ({"customer": {"anonymous_id": VISITOR, "phone": "+40712345678"}}, "customer.phone"),
     ({"customer": {"anonymous_id": VISITOR, "email": "ana@example.com", "verified": True}}, "customer.verified"),
     ({"customer": {}}, "customer.anonymous_id"), ({"customer": None}, "customer.anonymous_id"),
     ({"properties": {"path": "/", "email": "ana@example.com"}}, "properties.email"),
     ({"properties": {"traits": {"email": "ana@example.com"}}}, "properties.traits"),
     ({"properties": {"invoice_url": "https://evil.example/i.pdf"}}, "properties.invoice_url"),
     ({"order": "1001"}, "order"), ({"shipment": "P1"}, "shipment"),
     ({"source": "import"}, "source"), ({"source": "afterword"}, "source")],
)  # fmt: skip
def test_in_our_own_words_it_names_nobody_but_the_visitor(page: Tell, victim: Any, more: dict[str, Any], path: str) -> None:
    answer = page("/api/v1/events", event(**more))
    assert answer.status_code == 422
    assert path in paths(answer)
    assert (len(told()), waiting()) == (1, 0)


@pytest.mark.parametrize(
    ("more", "path"),
    [({"traits": {"email": "ana@example.com"}}, "traits"), ({"context": {"traits": {"phone": "+40712345678"}}}, "context.traits"),
     ({"properties": {"email": "ana@example.com"}}, "properties.email"), ({"properties": {"phone": "+40712345678"}}, "properties.phone"),
     ({"anonymousId": None, "userId": VICTIM}, "anonymousId")],
)  # fmt: skip
def test_in_segments_words_it_says_nothing_of_anybody(page: Tell, victim: Any, more: dict[str, Any], path: str) -> None:
    assert paths(page("/v1/page", message(**more))) == {path}
    assert paths(page("/v1/batch", {"batch": [message(**more)]})) == {f"batch[0].{path}"}
    assert (len(told()), waiting()) == (1, 0)


def test_traits_that_a_batch_says_for_all_its_messages_are_refused_with_each(page: Tell) -> None:
    answer = page(
        "/v1/batch", {"batch": [message(), message("track", event="Cart Viewed")], "context": {"traits": {"email": "a@b.example"}}}
    )
    assert paths(answer) == {"batch[0].context.traits", "batch[1].context.traits"}
    assert waiting() == 0


def test_an_address_that_names_one_call_is_not_passed_with_another_in_the_body(page: Tell, victim: Any) -> None:
    assert paths(page("/v1/identify", message("page", userId=VICTIM))) == {"type"}
    page("/v1/page", message("identify", userId=VICTIM, messageId="1"))
    assert (len(told()), waiting(), customer("anonymous", VISITOR)) == (1, 1, None), "a page is all that it was"


# -- other people's past and messages ---------------------------------------------------------------------------------------


def test_whoever_guesses_a_customer_id_tells_nothing_of_that_customer(page: Tell, victim: Any) -> None:
    cart = message("track", event="Cart Viewed", userId=VICTIM, properties={"products": [{"name": "Buy at evil.example", "price": 1}]})
    assert page("/v1/track", cart).json() == {"success": True}
    assert sql.value("select count(*) from event_inbox where customer_id = %s and name = 'cart.updated'", [victim]) == 0
    assert customer("anonymous", VISITOR) is None, "or all that this browser does later would be the victim's"
    assert waiting() == 1


def test_an_order_that_is_yet_to_be_placed_is_nobodys_in_advance(page: Tell, server: Tell, victim: Any) -> None:
    """Whoever is a customer too, and names the next order's number, would be told of its parcels."""
    server("/v1/identify", {"userId": "thief", "anonymousId": VISITOR})
    for said in (event("product.viewed", order="1002"), event("order_status.viewed", order="1002"), event(order="1002")):
        assert page("/api/v1/events", said).status_code == 422
    page("/v1/track", message("track", event="page.viewed", properties={"order_id": "1002"}))
    bought = {"currency": "EUR", "total_minor": 100}
    server("/api/v1/events", {"name": "order.placed", "order": "1002", "customer": {"external_id": VICTIM}, "properties": bought})
    server("/api/v1/events", {"name": "order.fulfilled", "order": "1002"})
    owners = sql.rows("select distinct customer_id from event_inbox where order_id = %s", [order_id("main", "1002")])
    assert owners == [(victim,)]


def test_ids_of_events_that_are_guessed_do_not_swallow_the_shops_own(page: Tell, server: Tell, victim: Any) -> None:
    for n in ("o-1001", "main:o-1001"):
        page("/api/v1/events", event(id=n))
        page("/v1/page", message(messageId=n))
    placed = {"name": "order.placed", "id": "o-1001", "order": "1001", "customer": {"external_id": VICTIM}}
    placed["properties"] = {"currency": "EUR", "total_minor": 100}
    assert server("/api/v1/events", placed).json()["accepted"] == 1
    server("/v1/track", {"userId": VICTIM, "messageId": "o-1001", "event": "Order Refunded", "properties": {"order_id": "1001"}})
    assert ("order.refunded", "segment") in told()


def test_the_past_is_not_written_again(page: Tell, victim: Any) -> None:
    now = clock.now()
    old, older = (now - timedelta(days=6)).isoformat(), (now - timedelta(days=8)).isoformat()
    for at in (older, "1995-01-01T00:00:00Z"):
        assert paths(page("/api/v1/events", event(occurred_at=at))) == {"occurred_at"}
        assert paths(page("/v1/page", message(timestamp=at))) == {"timestamp"}
    by_the_clock = message(timestamp="2001-01-01T00:00:00Z", sentAt="2005-01-01T00:00:00Z")
    assert paths(page("/v1/page", by_the_clock)) == {"timestamp"}, "a device's clock is put right, and then it is too old"
    assert page("/api/v1/events", event(occurred_at=old)).status_code == 200
    assert page("/api/v1/events", event(occurred_at=(now + timedelta(days=3)).isoformat())).status_code == 422
    assert waiting() == 1


# -- quarantine --------------------------------------------------------------------------------------------------------------


def test_a_body_is_tried_again_with_the_rights_of_the_key_it_came_with(page: Tell, server: Tell, victim: Any) -> None:
    call = {"type": "track", "event": "Order Completed", "anonymousId": VISITOR, "properties": {"order_id": "1", "total": 1}}
    page("/v1/track", call)
    page("/v1/batch", {"batch": [{**call, "messageId": "2"}, message("identify", userId=VICTIM, traits={"email": "thief@example.com"})]})
    page("/api/v1/events", event("order.placed", order="2", properties={"currency": "EUR", "total_minor": 1}))
    page("/v1/batch", b'{"no": "json"')
    server("/v1/track", {"type": "track", "event": "Coupon Applied", "userId": "9"})
    ids = [row["id"] for row in intake.quarantined()]
    assert [intake.quarantined_body(id)["from_browser"] for id in ids] == [False, True, True, True, True, True]
    assert intake.replay(ids, now=clock.now()).understood == 0
    assert len(told()) == 1
    assert customer("email", "thief@example.com") is None
    assert (intake.waiting(), waiting()) == (6, 0)


def test_nobody_fills_the_disk_with_what_is_refused(page: Tell, server: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "MOST_OF_BROWSERS", 3)
    for n in range(3):
        page("/v1/batch", {"batch": [message("identify"), message("alias")], "sentAt": f"2026-05-0{n + 1}T00:00:00Z"})
    page("/v1/batch", b"{")
    assert intake.waiting() == 3
    server("/v1/batch", {"batch": [{"type": "track", "event": "Coupon Applied", "userId": "9"}] * 4})
    assert intake.waiting() == 7, "the server's own are not crowded out"
    intake.discard([row["id"] for row in intake.quarantined()], now=datetime.now(UTC))
    page("/v1/identify", message("identify"))
    assert intake.waiting() == 1


# -- doors that are not for pages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/api/v1/invoices?order=1001", "/hooks/mail?to=shop@lut.example"])
def test_papers_and_mails_are_not_taken(page: Tell, address: str) -> None:
    """A mail could be another's answer, bounce or wish to be left alone; a paper goes out with another's invoice."""
    answer = page(address, b"%PDF-1.7\n" if "invoices" in address else b"From: ana@example.com\r\nSubject: Unsubscribe\r\n\r\nStop\r\n")
    assert answer.status_code == 403
    assert "browser key" in answer.content.decode()
    assert (intake.waiting(), told()) == (0, [])


def test_nothing_is_read_with_it_and_a_team_page_is_no_nearer(page: Tell) -> None:
    key = accounts.create_key("main", "pages", by=None, kind="browser")
    assert Client().get("/api/v1/vocabulary", headers={"Authorization": f"Bearer {key}"}).status_code == 403
    assert Client().get("/events/", headers={"Authorization": f"Bearer {key}"}).status_code == 302


@pytest.mark.parametrize("address", ["/v1/page", "/v1/batch", "/api/v1/events"])
def test_a_key_with_pages_is_taken_from_them_alone(address: str) -> None:
    tell = sender(accounts.create_key("main", "pages", by=None, kind="browser", origins=("https://Shop.example/",)))
    said = {"/v1/page": message(), "/v1/batch": {"batch": [message()]}, "/api/v1/events": event()}[address]
    for origin in (
        "https://evil.example",
        "https://shop.example.evil.example",
        "http://shop.example",
        "https://shop.example:8443",
        "null",
        "",
    ):
        refused = tell(address, said, **({"Origin": origin} if origin else {}))
        assert refused.status_code == 403, origin
        assert "cookie" not in str(refused.headers).lower()
    assert waiting() == 0
    assert tell(address, said, Origin="https://shop.example").status_code == 200
    assert waiting() == 1


def test_a_revoked_key_of_either_kind_opens_nothing(page: Tell) -> None:
    for key in list(accounts.keys()):
        accounts.revoke_key(key, by=None)
    assert page("/v1/page", message()).status_code == 401


@SEEN
@given(said=bodies() | segment())
def test_whatever_is_sent_only_visits_of_nobody_known_are_kept(page: Tell, said: Any) -> None:
    for address in ("/api/v1/events", "/v1/batch", "/v1/track", "/v1/identify"):
        assert page(address, said).status_code in (200, 400, 422)
    assert told() == []
    assert sql.value("select count(*) from identity_key") == sql.value("select count(*) from identity_subject") == 0
    kept = sql.rows("select told::jsonb ->> 'name', told::jsonb ->> 'source' from identity_waiting")
    assert all(name in vocabulary.from_browsers and source == "browser" for name, source in kept)
