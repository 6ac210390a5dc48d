"""A customer's link opens what it was signed for, for as long as it holds, and nothing else; guessing tells nothing."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from afterword.faces.console.tests.conftest import SENT, Shop
from afterword.kit import clock, sql
from afterword.kit.testing import tokenless
from afterword.loop.messages import door as messages
from afterword.loop.messages.rules.links import FOLDER, LIFE, Purpose

pytestmark = pytest.mark.django_db
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
PAGES = [purpose for purpose in PURPOSES if purpose != "open" and purpose in FOLDER]  # the picture is always given


KEPT = """
insert into message_delivery (intent_id, customer_id, store, channel, address, body, accepted_at)
values (%(id)s, %(customer)s, 'main', 'email', '', %(body)s, now())
on conflict (intent_id, channel) do update set body = excluded.body, accepted_at = now()
"""


@pytest.fixture
def browser(shop: Shop) -> Iterator[Client]:
    fresh = Client(raise_request_exception=False)
    with clock.travel(clock.real_now()):
        sql.run("update orders_order set delivered_at = null")
        sql.run(KEPT, {"id": SENT, "customer": shop.ana, "body": b"Content-Type: text/html\r\n\r\n<p>Hello</p>\r\n"})
        yield fresh


def token(purpose: Purpose, shop: Shop, *, order: UUID | None = None, customer: UUID | None = None, past: bool = False) -> str:
    """A good link of this purpose, or one for other things."""
    order, customer = order or shop.first, customer or shop.ana
    ids = {"order": (order, customer, SENT), "score": (SENT, customer, order), "click": (SENT, customer), "open": (SENT, customer),
           "review": (SENT, customer, order, UUID(int=0)), "view": (SENT, customer)}  # fmt: skip
    note = {"score": "main/csat", "unsubscribe": "main/service", "click": "https://shop.example/mug", "open": ""}.get(purpose, "main")
    until = clock.real_now() + (timedelta(seconds=-60) if past else timedelta(days=2))
    return messages.sign(messages.ring(), messages.Token(purpose, ids.get(purpose, (customer, SENT)), note, until))


def ask(browser: Client, purpose: Purpose, text: str) -> Any:
    return browser.get(f"/c/{FOLDER[purpose]}/{text}", HTTP_ACCEPT_LANGUAGE="en")


@pytest.mark.parametrize("purpose", PAGES)
def test_a_good_link_opens_without_a_cookie_and_a_changed_one_does_not(browser: Client, shop: Shop, purpose: Purpose) -> None:
    good = token(purpose, shop)
    answer = ask(browser, purpose, good)
    assert answer.status_code in (200, 302)
    assert not answer.cookies
    bad = ask(browser, purpose, "nonsense")
    raw = urlsafe_b64decode(good + "=" * (-len(good) % 4))
    changed = [urlsafe_b64encode(raw[:n] + bytes([raw[n] ^ 1]) + raw[n + 1 :]).rstrip(b"=").decode() for n in range(len(raw))]
    shorter = [good[:n] for n in range(1, len(good), 7)]
    others = [token(other, shop) for other in PURPOSES if other != purpose]
    for wrong in (*changed, *shorter, *others, good + "A", good + "=", good.lower(), "A" * 5_000, "é" * 20, "\x00", "%00"):
        refused = ask(browser, purpose, wrong.replace("%", "%25").replace("\x00", "%00"))
        assert refused.status_code == 404, wrong
        assert not refused.cookies
        assert "\x00" in wrong or without(refused) == without(bad), "a refusal says the same whatever was wrong"


def without(answer: Any) -> str:
    """The page without the address that was asked for."""
    return re.sub(r'(href|action)="/c/[^"]*"', "", answer.content.decode())


@pytest.mark.parametrize("purpose", [purpose for purpose in PAGES if purpose in LIFE])
def test_a_link_ends(browser: Client, shop: Shop, purpose: Purpose) -> None:
    assert ask(browser, purpose, token(purpose, shop, past=True)).status_code == 404


def test_unsubscribing_never_ends(browser: Client, shop: Shop) -> None:
    assert ask(browser, "unsubscribe", token("unsubscribe", shop, past=True)).status_code == 200


@pytest.mark.parametrize("purpose", ["order", "score", "unsubscribe", "preferences"])
def test_what_does_not_exist_is_not_told_from_what_is_not_yours(browser: Client, shop: Shop, purpose: Purpose) -> None:
    """Only we sign, so this cannot be reached by guessing; but a customer who is gone must not break a page."""
    answer = ask(browser, purpose, token(purpose, shop, order=uuid4(), customer=uuid4()))
    assert answer.status_code in (200, 404)
    assert "Ana" not in tokenless(answer.content.decode())


def test_an_order_is_shown_to_its_own_customer_only(browser: Client, shop: Shop) -> None:
    answer = ask(browser, "order", token("order", shop, customer=shop.bogdan))
    assert answer.status_code == 404
    assert "Miere" not in tokenless(answer.content.decode())


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_led_to_an_address_that_we_did_not_sign(browser: Client, shop: Shop, wanted: str) -> None:
    link = f"/c/{FOLDER['click']}/{token('click', shop)}"
    for name in ("next", "url", "to", "u", "r", "l"):
        assert browser.get(link, {name: wanted}).headers["Location"] == "https://shop.example/mug"
    assert browser.get(f"/c/{FOLDER['click']}/{wanted}").status_code == 404
    unsigned = urlsafe_b64encode(urlsafe_b64decode(token("click", shop) + "==")[:-16] + bytes(16)).rstrip(b"=").decode()
    assert ask(browser, "click", unsigned).status_code == 404


def test_signing_in_leads_nowhere_else(shop: Shop, alice: Any) -> None:
    for wanted in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\x00//evil.example",
                   "/\t/evil.example"):  # fmt: skip
        browser = Client()
        given = {"email": alice.email, "password": "alice has a long password", "next": wanted}
        answer = browser.post("/sign-in", given)
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/", wanted


def test_links_are_given_out_at_a_rate_and_tell_nobody_who_belongs_to_the_team(alice: Any) -> None:
    cache.clear()  # whoever asked before in this process has used up their share
    browser = Client()
    for _ in range(12):
        known = browser.post("/sign-in/link", {"email": alice.email})
        unknown = browser.post("/sign-in/link", {"email": "nobody@shop.example"})
        assert known.status_code == unknown.status_code
        assert known.content.decode().replace(alice.email, "") == unknown.content.decode().replace("nobody@shop.example", "")
    assert sql.value("select count(*) from accounts_signinlink") <= 8
