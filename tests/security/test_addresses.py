"""Every address of the resolver, asked for by a stranger, a colleague without the right and one of another store, and asked oddly."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from afterword.faces.console.tests.conftest import Shop

from .shop import MACHINES, Address, addresses, patterns

Browser = Callable[[Any], Client]
pytestmark = pytest.mark.django_db
SECRETS = ("Ana Popovici", "ana@example.com", "Borcanul", "order.placd")
EXAMPLES = ("events/schema/", "events/schema/<str:name>")  # the examples are Ana's
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
# What pages read from their address, found in their source; what they are asked with here.
NAMES = (
    "q", "page", "after", "before", "at", "show", "by", "kept", "state", "message", "journey", "day", "reason", "version", "step", "name",
    "who", "order", "live", "language", "form", "next", "store", "l", "from", "to", "field",
)  # fmt: skip
ODD = (
    "\x00", "a\x00b", "x" * 10_000, "%", "%s", "'; drop table event; --", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "-1", "99999999999999999999", "٣", "NaN", "../../etc/passwd", "{{7*7}}", "<script>alert(1)</script>",
    "00000000-0000-0000-0000-000000000000", "urn:uuid:00000000-0000-0000-0000-00000000000g", "0001-01-01", "9999-12-31",
    "9999-12-31T23:59:59-14:00",
    "MDAwMS0wMS0wMVQwMDowMDowMCsxNDowMHwwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDA",  # a cursor before the first year
    "OTk5OS0xMi0zMVQyMzo1OTo1OS0xNDowMHwwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDA", "bm9uc2Vuc2U", "====", "é", "\U0001f36f",
)  # fmt: skip


def quiet(browser: Client) -> Client:
    """What breaks is an answer of 500, not an exception of the test."""
    browser.raise_request_exception = False
    return browser


def test_a_stranger_is_asked_to_sign_in_everywhere_and_reads_nothing(shop: Shop, signed_in: Browser) -> None:
    wrong, stranger = [], quiet(signed_in(None))
    for one, method in product(addresses(shop), ("get", "post")):
        answer = getattr(stranger, method)(one.path)
        text = answer.content.decode("utf-8", "replace")
        if any(secret in text for secret in SECRETS):
            wrong.append(f"{method} {one.path}: says something")
        if not one.open and not refused(answer):
            wrong.append(f"{method} {one.path}: {answer.status_code}")
    assert not wrong


def refused(answer: Any) -> bool:
    """Asked to sign in, not there, or not asked this way."""
    to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in")
    return to_sign_in or answer.status_code in (404, 405)


def test_every_page_of_the_team_opens_for_the_owner(shop: Shop, signed_in: Browser, alice: Any) -> None:
    """So that what the others do not see is really there; and every pattern is met at least once."""
    seen: dict[str, set[int]] = {}
    browser, found = quiet(signed_in(alice)), addresses(shop)
    for one in found:
        seen.setdefault(one.route, set()).add(browser.get(one.path).status_code)
    unasked = {route for route, _ in patterns()} - {one.route for one in found}
    assert not unasked, "a pattern that nothing here matches: tell tests/security/shop.py what may stand in it"
    assert not {route: codes for route, codes in seen.items() if any(code >= 500 for code in codes)}
    closed = {route for route, codes in seen.items() if not codes & {200, 302, 405} and not route.startswith((*MACHINES, "c/"))}
    assert closed <= UNMET, "\n".join(sorted(closed - UNMET))


# Nobody is under way in a journey of this shop, nothing of it was backtested or published; it has no logo and no texts of its own.
UNMET = {
    "journeys/<slug:key>/entering", "messages/texts/export", "settings/channels/new/<slug:kind>", "settings/channels/letters/<uuid:id>.pdf",
    "journeys/<slug:key>/people/<uuid:run>/", "journeys/<slug:key>/backtest/<int:id>/letter/<uuid:run>/<slug:step>",
    "journeys/<slug:key>/versions/<int:number>/move/", "look/logo/<str:name>",
}  # fmt: skip


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_colleague_of_another_store_reads_nothing_of_this_one(shop: Shop, signed_in: Browser, mihai: Any, method: str) -> None:
    wrong, browser = [], quiet(signed_in(mihai))
    for one in addresses(shop):
        if one.route in ("sign-out", *EXAMPLES):
            continue
        answer = getattr(browser, method)(one.path)
        text = answer.content.decode("utf-8", "replace")
        wrong += [f"{one.path}: {secret}" for secret in SECRETS if secret in text]
        if answer.status_code >= 500:
            wrong.append(f"{one.path}: {answer.status_code}")
    assert not wrong


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_analyst_reads_of_nobody(shop: Shop, signed_in: Browser, bob: Any, method: str) -> None:
    wrong, browser = [], quiet(signed_in(bob))
    for one in addresses(shop):
        if one.route in ("sign-out", *EXAMPLES):
            continue
        answer = getattr(browser, method)(one.path)
        text = answer.content.decode("utf-8", "replace")
        wrong += [f"{one.path}: {secret}" for secret in SECRETS if secret in text]
        if answer.status_code >= 500:
            wrong.append(f"{one.path}: {answer.status_code}")
    assert not wrong


@pytest.mark.slow
def test_no_odd_question_breaks_a_page(shop: Shop, signed_in: Browser, alice: Any) -> None:
    wrong, browser = [], quiet(signed_in(alice))
    for one in readable(shop, browser):
        for odd in ODD:
            query = "&".join(f"{name}={quote(odd)}" for name in NAMES)
            if len(odd) > 1_000:
                query = "&".join(f"{name}={quote(odd)}" for name in ("q", "after", "before", "message", "reason"))
            if browser.get(f"{one.path}?{query}").status_code >= 500:
                wrong += [f"{one.path}?{name}={odd[:40]!r}" for name in NAMES
                          if browser.get(one.path, {name: odd}).status_code >= 500] or [one.path + " with " + repr(odd[:40])]  # fmt: skip
    assert not wrong


def readable(shop: Shop, browser: Client) -> list[Address]:
    """The pages that open; of each pattern one."""
    return list({one.route: one for one in addresses(shop) if browser.get(one.path).status_code == 200}.values())


def test_odd_things_in_an_address_itself_break_nothing(shop: Shop, signed_in: Browser, alice: Any) -> None:
    wrong, browser = [], quiet(signed_in(alice))
    for route, pattern in patterns():
        if "str" not in {type(one).__name__[:3].lower() for one in pattern.pattern.converters.values()}:
            continue
        for odd in ODD:
            if "/" in odd:
                continue
            path = "/" + re.sub(r"<[^>]+>", quote(odd), route)
            if browser.get(path).status_code >= 500:
                wrong.append(path[:100])
    assert not wrong


@pytest.mark.slow
def test_odd_forms_break_nothing(shop: Shop, signed_in: Browser, alice: Any) -> None:
    wrong, browser = [], quiet(signed_in(alice))
    fields = ("name", "email", "role", "key", "password", "company", "currency", "zone", "languages", "reason", "pace", "from", "until",
              "id", "ids", "store", "stores", "colour", "text", "next", "reporting_currency", "quiet_from", "quiet_until",
              "address")  # fmt: skip
    once = {one.route: one for one in addresses(shop)}.values()
    for one, odd in product(once, ("\x00", "x" * 3_000, "-1", "é" * 300)):
        if one.route == "sign-out" or "<str:token>" in one.route:
            continue
        if browser.post(one.path, dict.fromkeys(fields, odd)).status_code >= 500:
            wrong.append(f"{one.path} {odd[:5]!r}")
    assert not wrong


def test_every_page_has_a_policy_and_nothing_inline(shop: Shop, signed_in: Browser, alice: Any) -> None:
    wrong = []
    for browser in (quiet(signed_in(alice)), quiet(signed_in(None))):
        for one in addresses(shop):
            answer = browser.get(one.path)
            policy = answer.headers.get("Content-Security-Policy", "")
            foreign = "sandbox" in policy  # a mail, in a frame that may do nothing
            if "default-src" not in policy or ("unsafe-inline" in policy and not foreign) or "unsafe-eval" in policy:
                wrong.append(f"{one.path}: {policy}")
            html = answer.headers.get("Content-Type", "").startswith("text/html")
            if html and not foreign and (found := INLINE.search(answer.content.decode())):
                wrong.append(f"{one.path}: {found.group()}")
    assert not wrong
