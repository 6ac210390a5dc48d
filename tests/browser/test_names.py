"""Pages nobody has drawn: a shop in which nothing has happened yet, and one in which every name is as bad as a name can be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from afterword.faces.console import urls
from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.campaigns import door as campaigns
from afterword.loop.campaigns.types import Plan
from afterword.loop.journeys import door as journeys
from afterword.loop.segments import door as segments

from .test_campaigns import window
from .test_console import ARGS, CHROMIUM, Eye, console, playwright
from .test_console import pytestmark as of_browsers

__all__ = ["console", "window"]
pytestmark = [*of_browsers, pytest.mark.slow]
WINDOWS = ((1440, "light"), (390, "dark"))
LONG = ("Ветеринар" + "Donaudampfschifffahrtsgesellschaftskapitän" * 3)[:120]
ODD = "<script>alert(1)</script> ร้านกาแฟ ☕ \u202eמבצע\u202c {{ 7 }} {name}"
PLAN = Plan(kind="product_update", segment="worst", messages=("vip_thanks", "product_update"), test_share=0.5)
JOURNEY = """
journey: worst
name: {name}
subject: order
trigger: {{event: order.delivered}}
steps:
  - {{id: rest, wait: 3d, title: {name}}}
  - {{id: ask, send: csat}}
"""


def _lists() -> list[str]:
    """Every address of the console that says nothing of one thing, by its patterns."""
    found = []
    for pattern in urls.urlpatterns:
        try:
            found.append(reverse(f"console:{pattern.name}"))
        except NoReverseMatch:
            continue
    return found


def _readable(owner: Any) -> list[str]:
    """Those of them that are pages: looked at, not pressed, and not taken away as a file."""
    client = Client()
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    answers = {address: client.get(address) for address in _lists()}
    return [at for at, answer in answers.items() if answer.status_code == 200 and b"<html" in answer.content[:400]]


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, live_server: Any) -> Iterator[tuple[Any, dict[str, Any], str, list[str]]]:
    """A browser in a shop in which nothing has happened yet, and its pages."""
    accounts.save_store("main", by=None, name="Lut & Boabe", currency="EUR", languages=("ro",), zone="Europe/Bucharest")
    owner = accounts.create_member("owner@shop.example", "owner", by=None, name="Anca Pop", password="a long enough password")
    client = Client()
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    cookie = {"name": "afterword_session", "value": client.cookies["afterword_session"].value, "url": live_server.url}
    pages = _readable(owner)
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser, cookie, live_server.url, pages
        browser.close()


def test_every_page_of_a_fresh_shop_fits_says_nothing_and_can_be_used_by_everybody(fresh: Any) -> None:
    browser, cookie, base, pages = fresh
    assert len(pages) > 20, pages
    faults: list[str] = []
    for width, scheme in WINDOWS:
        eye = Eye(browser, cookie, base, width, scheme)
        for address in pages:
            faults += eye.faults(f"fresh{address.replace('/', '-')}", address)
        eye.context.close()
    assert not faults, "\n".join(faults)


def _badly_named() -> dict[str, str]:
    """Everything that people name, named badly; and the pages where those names stand."""
    now = clock.now()
    accounts.save_store("main", by=None, name=LONG)
    accounts.save_store("second", by=None, name=ODD, currency="EUR", languages=("th",), zone="Asia/Bangkok", brand={"postal_address": LONG})
    accounts.create_member(f"{'long' * 14}@shop.example", "analyst", by=None, name=LONG, stores=("second",))
    accounts.create_key("main", LONG, by=None, kind="browser", origins=(f"https://{'a' * 60}.example",))
    sql.run("update customers_customer set full_name = %s where full_name = 'Ana Popescu'", [ODD])
    sql.run("update orders_order set number = %s where number = '24001'", ["9" * 60])
    segments.save_segment("worst", name=LONG, about=LONG, text="ever(order.placed)", at=now)
    segments.save_segment("odd", name=ODD, text="ever(order.placed)", at=now)
    journeys.begin_journey(JOURNEY.format(name=f'"{LONG}"'), at=now)
    campaigns.keep("worst", name=LONG, about=LONG, plan=PLAN, at=now)
    return {
        name: f"/{name}/"
        for name in (
            "journeys", "journeys/worst", "journeys/worst/edit", "segments", "segments/worst", "segments/worst/edit", "segments/odd/people",
            "segments/overlap", "campaigns", "campaigns/worst", "campaigns/worst/edit", "settings", "settings/stores",
            "settings/stores/main", "settings/team", "settings/keys", "settings/audit",
        )
    } | {"messages/words": "/messages/words"}  # fmt: skip


def test_no_name_however_long_or_odd_breaks_a_page(window: Any) -> None:
    (browser, cookie), (base, known) = window
    pages = {name: known[name] for name in ("home", "customers", "customer", "orders", "order")} | _badly_named()
    faults: list[str] = []
    for width, scheme in WINDOWS:
        eye = Eye(browser, cookie, base, width, scheme)
        for name, address in pages.items():
            faults += eye.faults(f"named-{name.replace('/', '-')}", address)
        eye.context.clear_cookies()
        faults += eye.faults("named-sign-in", "/sign-in")
        eye.context.close()
    assert not faults, "\n".join(faults)
