"""Who sees which page of the console, and what stands on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.test import Client

from afterword.kit import clock, sql
from afterword.kit.testing import tokenless
from afterword.loop.accounts import door as accounts
from afterword.loop.events import door as events
from afterword.loop.identity import door as identity

from ..queries import home as queries
from .conftest import ANA, AT, DROPPED, SENT, Shop, placed

Browser = Callable[[Any], Client]
EVERYBODY = ("/", "/events/schema/", "/events/schema/order.placed")


def page(browser: Client, address: str, **more: Any) -> str:
    answer = browser.get(address, **more)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


# -- who ----------------------------------------------------------------------------------------------------------------------


def test_an_owner_sees_every_page(signed_in: Browser, alice: Any, shop: Shop) -> None:
    browser = signed_in(alice)
    for address in (*EVERYBODY, *shop.addresses(), "/quarantine/", f"/quarantine/{shop.body}/"):
        assert "<h1" in page(browser, address), address


def test_a_colleague_who_sees_figures_sees_no_people(signed_in: Browser, bob: Any, shop: Shop) -> None:
    browser = signed_in(bob)
    for address in (*shop.addresses(), "/quarantine/", f"/quarantine/{shop.body}/"):
        assert browser.get(address).status_code == 403, address
    for address in EVERYBODY:
        assert "Ana Popovici" not in page(browser, address), address
        assert "Borcanul" not in page(browser, address), address


def test_a_stranger_is_asked_to_sign_in_wherever_he_knocks(signed_in: Browser, charlie: None, shop: Shop) -> None:
    browser = signed_in(charlie)
    for address in (*EVERYBODY, *shop.addresses(), "/quarantine/", f"/quarantine/{shop.body}/"):
        answer = browser.get(address)
        assert (answer.status_code, answer.headers["Location"][:9]) == (302, "/sign-in?"), address
    for address in ("/quarantine/try-again", "/quarantine/discard", "/replay/pace"):
        assert browser.post(address, {"id": shop.body, "pace": "pause"}).headers["Location"].startswith("/sign-in"), address
    assert browser.get("/events/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/sign-in"


def test_somebody_of_one_store_meets_its_customers_only(signed_in: Browser, mihai: Any, shop: Shop) -> None:
    browser = signed_in(mihai)
    assert "Bogdan Stan" in page(browser, f"/customers/{shop.bogdan}/")
    listed = page(browser, "/customers/")
    assert "Bogdan Stan" in listed
    assert "Ana Popovici" not in listed
    orders = tokenless(page(browser, "/orders/"))
    assert "B1" in orders
    assert "A1" not in orders
    assert "Borcanul" not in page(browser, "/")
    gone = [f"/customers/{shop.ana}/", f"/customers/{shop.ana}/why/{SENT}", f"/orders/{shop.first}/", f"/events/{shop.event}"]
    for address in gone:
        assert browser.get(address).status_code == 404, address


def test_a_store_is_called_by_its_name_where_there_are_several(signed_in: Browser, alice: Any, shop: Shop) -> None:
    seen = page(signed_in(alice), "/orders/")
    assert "<td>Glaze</td>" in seen
    for address in ("/orders/", f"/orders/{shop.first}/", f"/events/{shop.event}", "/events/"):
        assert page(signed_in(alice), address).count("Lut &amp; Boabe") > 1, address  # not only as the shop's name in the frame


def test_who_may_not_see_contacts_reads_no_name_number_or_word(signed_in: Browser, dana: Any, shop: Shop) -> None:
    browser = signed_in(dana)
    for address in ("/", *shop.addresses(), "/customers/?q=ana", "/events/?who=ana", f"/customers/{shop.ana}/?show=answers"):
        text = page(browser, address)
        for secret in ("Ana Popovici", "ana@example.com", "Borcanul", "#A1"):
            assert secret not in text, (address, secret)


# -- what ---------------------------------------------------------------------------------------------------------------------


def test_home_tells_the_day_and_what_needs_a_person(signed_in: Browser, alice: Any, shop: Shop) -> None:
    text = page(signed_in(alice), "/")
    assert "Borcanul era spart." in text
    assert "Score 1 of 5" in text
    assert "One body was not understood" in text
    assert "Rehearsing" in text


def test_a_fresh_shop_gets_its_first_steps(signed_in: Browser, alice: Any) -> None:
    text = page(signed_in(alice), "/")
    assert "Make a write key" in text or "write key" in text
    assert "afterword import" in text


def test_a_replay_shows_how_far_it_is_and_is_paced_by_who_may(signed_in: Browser, alice: Any, bob: Any, shop: Shop) -> None:
    sql.run(
        "insert into sample_replay (shop, starts_at, ends_at, at, step_seconds) values ('sample', %s, %s, %s, 7200)",
        [AT - timedelta(days=3), AT + timedelta(days=1), AT],
    )
    part = page(signed_in(alice), "/", headers={"HX-Request": "true"})
    assert "75 %" in part
    assert "every 2s" in part
    assert "<html" not in part
    assert signed_in(bob).post("/replay/pace", {"pace": "pause"}).status_code == 403
    assert sql.value("select paused from sample_replay") is False
    assert signed_in(alice).post("/replay/pace", {"pace": "pause"}).status_code == 302
    assert sql.value("select paused from sample_replay") is True
    signed_in(alice).post("/replay/pace", {"pace": "hour"})
    assert sql.rows("select paused, speed from sample_replay") == [(False, 3600.0)]
    assert signed_in(alice).post("/replay/pace", {"pace": "nonsense"}).status_code == 404
    assert accounts.audited().filter(what="replay paced").count() == 2


def test_a_customer_is_found_by_name_address_and_order_number(signed_in: Browser, alice: Any, shop: Shop) -> None:
    browser = signed_in(alice)
    for words in ("ana", "popo", "ana@example.com", "a2"):
        text = page(browser, f"/customers/?q={words}", headers={"HX-Request": "true"})
        assert "Ana Popovici" in text, words
        assert "Bogdan" not in tokenless(text), words
    assert "Nobody was found" in page(browser, "/customers/?q=zoe")


def test_a_timeline_tells_what_went_out_and_what_did_not(signed_in: Browser, alice: Any, shop: Shop) -> None:
    browser = signed_in(alice)
    text = page(browser, f"/customers/{shop.ana}/")
    for said in ("Order #A1, €24.50", "2 × Miere de tei", "Parcel arrived", "Not sent", "Enough this week already",
                 "Allowed marketing by e-mail",
                 "Cum a fost, Ana Popovici?", "with 1 of 5", "Borcanul era spart.", "Looked at Honey"):  # fmt: skip
        assert said in text, said
    assert "Not sent" not in page(browser, f"/customers/{shop.ana}/?kept=off")
    only = page(browser, f"/customers/{shop.ana}/?show=parcels", headers={"HX-Request": "true"})
    assert "Parcel arrived" in only
    assert "Miere de tei" not in only


def test_why_names_the_question_that_decided_and_those_that_were_not_asked(signed_in: Browser, alice: Any, shop: Shop) -> None:
    dropped = page(signed_in(alice), f"/customers/{shop.ana}/why/{DROPPED}", headers={"HX-Request": "true"})
    assert 'class="is-stop"' in dropped
    assert "1 today, 4 this week" in dropped
    assert "Not asked; it had been decided above" in dropped
    sent = page(signed_in(alice), f"/customers/{shop.ana}/why/{SENT}", headers={"HX-Request": "true"})
    assert "Nothing spoke against it" in sent
    assert 'class="is-stop"' not in sent
    assert signed_in(alice).get(f"/customers/{shop.bogdan}/why/{SENT}").status_code == 404


def test_an_order_shows_lines_parcel_and_what_was_said(signed_in: Browser, alice: Any, shop: Shop) -> None:
    text = page(signed_in(alice), f"/orders/{shop.first}/")
    for said in (
        "Order #A1",
        "Miere de tei",
        "€24.50",
        "Sameday",
        "Parcel handed to the carrier",
        "within the promise",
        "Reorder reminder",
    ):
        assert said in text, said
    assert "A1" in page(signed_in(alice), "/orders/?show=delivered")
    seen = re.search(r'href="(/c/o/[^"]+)"', text)
    assert seen is not None
    assert "Miere de tei" in page(Client(), seen[1])
    assert "A1" not in tokenless(page(signed_in(alice), "/orders/?show=open"))
    with clock.travel(AT + timedelta(days=5)):
        late = page(signed_in(alice), "/orders/?show=late")
    assert "A2" in late
    assert "#A1" not in late


def test_events_are_searched_by_name_customer_order_and_moment(signed_in: Browser, alice: Any, shop: Shop) -> None:
    browser = signed_in(alice)
    assert "survey.answered" in page(browser, "/events/")
    named = page(browser, "/events/?name=shipment.", headers={"HX-Request": "true"})
    assert "shipment.delivered" in named
    assert "order.placed" not in named
    assert "survey.answered" not in page(browser, "/events/?order=A2", headers={"HX-Request": "true"})
    assert "survey.answered" in page(browser, f"/events/?who={shop.ana}", headers={"HX-Request": "true"})
    assert "survey.answered" not in page(browser, "/events/?who=bogdan", headers={"HX-Request": "true"})
    assert "Nothing was found" in page(browser, "/events/?at=2026-05-01T00:00")
    assert "every 2s" not in page(browser, "/events/?live=off")
    assert browser.get(f"/events/{UUID(int=1)}").status_code == 404
    assert browser.get("/events/schema/order.placd").status_code == 404


def test_a_body_is_tried_again_or_let_go_and_the_audit_says_by_whom(signed_in: Browser, alice: Any, bob: Any, shop: Shop) -> None:
    browser = signed_in(alice)
    assert "order.placd" in page(browser, f"/quarantine/{shop.body}/")
    assert signed_in(bob).post("/quarantine/discard", {"id": shop.body}).status_code == 403
    again = browser.post("/quarantine/try-again", {"id": shop.body}, follow=True).content.decode()
    assert "still cannot be understood" in again
    assert "One body was discarded" in browser.post("/quarantine/discard", {"id": shop.body}, follow=True).content.decode()
    assert "Everything was understood" in page(browser, "/quarantine/")
    assert {row.what for row in accounts.audited()} >= {"quarantine tried again", "quarantine discarded"}


def test_a_body_of_another_store_is_out_of_reach(signed_in: Browser, shop: Shop) -> None:
    radu = accounts.create_member("radu@shop.example", "developer", by=None, stores=("other",), password="radu has a password")
    browser = signed_in(radu)
    assert browser.get(f"/quarantine/{shop.body}/").status_code == 404
    assert browser.post("/quarantine/discard", {"id": shop.body}).status_code == 404
    assert "Everything was understood" in page(browser, "/quarantine/")


# -- signing in ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def fresh_cache() -> None:
    cache.clear()


def test_a_member_signs_in_by_password_and_out_again(client: Client, alice: Any, fresh_cache: None) -> None:
    given = {"email": "Alice@shop.example", "password": "alice has a long password", "next": "/orders/"}
    assert client.post("/sign-in", given).headers["Location"] == "/orders/"
    assert client.get("/sign-in").headers["Location"] == "/"
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert client.get("/").status_code == 302


def test_after_signing_in_nobody_is_sent_to_another_site(client: Client, alice: Any, fresh_cache: None) -> None:
    given = {"email": "alice@shop.example", "password": "alice has a long password", "next": "https://elsewhere.example/"}
    assert client.post("/sign-in", given).headers["Location"] == "/"


def test_wrong_passwords_shut_the_door_for_a_while(client: Client, alice: Any, fresh_cache: None) -> None:
    wrong = {"email": "alice@shop.example", "password": "wrong"}
    assert [client.post("/sign-in", wrong).status_code for _ in range(9)] == [403] * 8 + [429]
    assert client.post("/sign-in", {**wrong, "password": "alice has a long password"}).status_code == 429


def test_a_link_shows_a_button_signs_in_once_and_is_spent(client: Client, alice: Any) -> None:
    token = accounts.create_sign_in_link(alice, by=None)
    assert "Come in" in page(client, f"/sign-in/{token}")
    assert "Come in" in page(client, f"/sign-in/{token}")
    assert client.post(f"/sign-in/{token}").headers["Location"] == "/"
    assert client.get("/").status_code == 200
    spent = Client().post(f"/sign-in/{token}")
    assert spent.status_code == 410
    assert "used already" in spent.content.decode()


def test_asking_for_a_link_says_the_same_to_members_and_strangers(client: Client, alice: Any, fresh_cache: None) -> None:
    answers = [client.post("/sign-in/link", {"email": email}).content.decode() for email in ("alice@shop.example", "eve@shop.example")]
    assert answers[0].replace("alice", "eve") == answers[1]


# -- how much it costs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/", 22),
        ("/customers/", 9),
        ("/customers/?q=ana", 9),
        ("/orders/", 7),
        ("/events/", 9),
        ("/quarantine/", 7),
        ("/events/schema/", 6),
    ],
)
def test_a_list_asks_the_database_a_fixed_number_of_times(
    address: str, most: int, signed_in: Browser, alice: Any, shop: Shop, django_assert_max_num_queries: Any
) -> None:
    browser = signed_in(alice)
    with django_assert_max_num_queries(most):
        page(browser, address)


def test_a_customer_and_an_order_ask_a_fixed_number_of_times(
    signed_in: Browser, alice: Any, shop: Shop, django_assert_max_num_queries: Any
) -> None:
    browser = signed_in(alice)
    with django_assert_max_num_queries(20):
        page(browser, f"/customers/{shop.ana}/")
    with django_assert_max_num_queries(16):
        page(browser, f"/orders/{shop.first}/")
    with django_assert_max_num_queries(13):
        page(browser, f"/customers/{shop.ana}/why/{DROPPED}")


@pytest.mark.parametrize("odd", ["\x00", "%", "\\", "'", "a" * 3000, "MDAwMS0wMS0wMVQwMDowMDowMCswMDowMHw"])
def test_odd_addresses_are_answered(odd: str, signed_in: Browser, alice: Any, shop: Shop, fresh_cache: None) -> None:
    browser = signed_in(alice)
    asked = {"/customers/": ("q", "by", "after"), "/orders/": ("q", "show", "after"), "/events/": ("name", "who", "order", "at", "after"),
             "/quarantine/": ("before",), f"/customers/{shop.ana}/": ("show", "before")}  # fmt: skip
    for address, names in asked.items():
        for name in names:
            assert browser.get(address, {name: odd}).status_code == 200, (address, name)
    assert browser.get("/sign-in", {"next": odd}).headers["Location"] == "/"
    assert Client().post("/sign-in", {"email": odd, "password": odd}).status_code == 403


def test_who_turned_out_to_be_another_is_shown_as_that_one_with_both_pasts(signed_in: Browser, alice: Any, shop: Shop) -> None:
    now = AT + timedelta(days=1, hours=1)
    survivor = identity.merge_customers(shop.ana, shop.bogdan, now)
    events.seal(now + timedelta(seconds=1))
    loser = shop.bogdan if survivor == shop.ana else shop.ana
    assert signed_in(alice).get(f"/customers/{loser}/").headers["Location"] == f"/customers/{survivor}/"
    text = page(signed_in(alice), f"/customers/{survivor}/")
    assert "Order #A1" in text
    assert "Order #B1" in text


def test_who_was_forgotten_has_no_name_any_more(signed_in: Browser, alice: Any, shop: Shop) -> None:
    now = AT + timedelta(days=1, hours=1)
    identity.erase(shop.ana, now)
    events.seal(now + timedelta(seconds=1))
    text = page(signed_in(alice), f"/customers/{shop.ana}/")
    assert "A customer who was forgotten" in text
    for address in ("/", "/customers/", "/orders/", f"/orders/{shop.first}/", f"/customers/{shop.ana}/", f"/events/{shop.event}"):
        text = page(signed_in(alice), address)
        assert "Popovici" not in text, address
        assert "Borcanul" not in text, address


def test_a_form_without_its_token_and_a_fault_of_ours_have_pages_of_their_own(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    refused = strict.post("/sign-in", {"email": "alice@shop.example"})
    assert (refused.status_code, "Please try again" in refused.content.decode()) == (403, True)
    monkeypatch.setattr(accounts, "stores", lambda: 1 // 0)
    broken = strict.get("/sign-in")
    assert (broken.status_code, "Something broke here" in broken.content.decode()) == (500, True)


# -- whose time it is -----------------------------------------------------------------------------------------------------------


def test_times_say_whose_they_are_and_the_shop_s_stand_beside_a_customer_s(signed_in: Browser, alice: Any, shop: Shop) -> None:
    browser = signed_in(alice)
    assert "Times are those of Bucharest, the shop’s own." in page(browser, f"/customers/{shop.ana}/")
    sql.run("update customers_customer set zone = 'Asia/Seoul' where id = %s", [shop.ana])
    sql.run("update orders_order set zone = 'Asia/Seoul' where id = %s", [shop.first])
    for address in (f"/customers/{shop.ana}/", f"/orders/{shop.first}/"):
        said = page(browser, address)
        assert "Times are those of Seoul, where the customer is" in said
        assert "in the shop (Bucharest)" in said
    assert "Times of Bucharest" in page(browser, "/")


def test_the_day_counts_what_is_told_and_not_sealed_yet(signed_in: Browser, alice: Any, shop: Shop) -> None:
    with clock.travel(AT + timedelta(days=1)):
        before = queries.day(AT, AT + timedelta(days=2), None)
        identity.record([placed("A9", ANA, at=AT + timedelta(hours=23))], received_at=AT + timedelta(days=1))
        assert queries.day(AT, AT + timedelta(days=2), None).orders == before.orders + 1
