"""The console in Chromium: nothing overflows, nothing is said on the console of the browser, axe finds nothing serious.

With AFTERWORD_SHOTS set to a folder, a picture of every page is put there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from afterword.kernel.errors import Complaint
from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.events.types import Who
from afterword.loop.intake import door as intake
from afterword.loop.intake.types import Kept
from tests.stories.story import Story, day, shop

CHROMIUM = "/usr/bin/chromium"
ARGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]
SHOTS = os.environ.get("AFTERWORD_SHOTS", "")
GRAVE = ("serious", "critical")
AXED = ((1440, "light"), (390, "dark"))
playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
]

REPLAY = """
insert into sample_replay (shop, starts_at, ends_at, at, step_seconds, events, messages, left_out)
values ('olist', %s, %s, %s, 7200, 40459, 2210, '{"a date of delivery": 8}')
"""

PEOPLE = (
    ("ana", "Ana Popescu", "RO", "ro", "Europe/Bucharest", "Timișoara"), ("oksana", "Оксана Шевчук", "UA", "uk", "Europe/Kyiv", "Львів"),
    ("seoyeon", "김서연", "KR", "ko", "Asia/Seoul", "서울"),
    ("camila", "Camila de Oliveira Santos", "BR", "pt-BR", "America/Sao_Paulo", "Recife"),
)  # fmt: skip
GOODS = (("Cană „Dealul Melcilor” cu glazură cobalt", 4200), ("Cafea Yirgacheffe, boabe 250 g", 6400), ("Miere de tei", 2450))


def order(story: Story, person: int, number: str) -> None:
    """One order of this person, promised for the third day."""
    key, name, country, language, zone, city = PEOPLE[person]
    title, price = GOODS[person % 3]
    line = {"product": title, "title": title, "quantity": 1, "unit_price_minor": price, "life": "consumable", "use_for_days": 40}
    promised = [(story.now + timedelta(days=days)).isoformat() for days in (2, 3)]
    given: dict[str, Any] = {
        "currency": "EUR", "total_minor": price + 490, "shipping_minor": 490, "items": 1, "country": country, "language": language,
        "zone": zone, "lines": [line], "promised_from": promised[0], "promised_to": promised[1],
    }  # fmt: skip
    address = {"name": name, "line1": "12", "city": city, "postal_code": "300001", "country": country}
    who = Who(external_id=key, email=f"{key}@example.com", verified=True)
    personal = {"number": number, "email": who.email, "full_name": name, "shipping_address": address}
    story.told("order.placed", who=who, order=number, personal=personal, **given)
    story.told("order.paid", who=who, order=number, method="card", amount_minor=given["total_minor"], currency="EUR")


def lived(story: Story) -> None:
    """Five weeks of a small shop: parcels that come, one that is late, a cancelled order, low and high scores."""

    def whose(n: int) -> Who:
        return Who(external_id=PEOPLE[n][0], email=f"{PEOPLE[n][0]}@example.com", verified=True)

    for n in range(4):
        order(story, n, f"24{n}01")
        proof = {"proof": {"words": "Yes, write to me.", "page": "/checkout"}}
        story.told("consent.granted", who=whose(n), channel="email", purpose="marketing", how="checkout", personal=proof)
        story.told("page.viewed", who=whose(n), title="Cafea", url="https://shop.example/cafea")
    story.turn()
    story.pass_until(day("5 May 10:00"), step=timedelta(hours=6))
    for n in range(4):
        story.told("order.fulfilled", who=whose(n), order=f"24{n}01")
        story.told("shipment.accepted", who=whose(n), order=f"24{n}01", shipment=f"P24{n}01", carrier="Sameday", last=True)
    story.pass_until(day("6 May 15:00"), step=timedelta(hours=6))
    for n in range(3):
        story.told("shipment.delivered", who=whose(n), order=f"24{n}01", shipment=f"P24{n}01", carrier="Sameday", last=True)
    story.pass_until(day("11 May 08:00"), step=timedelta(hours=6))
    for n, score, words in (
        (0, 1, "A doua oară când ajunge ceva ciobit."),
        (1, 5, "Дуже гарні горнятка!"),
        (2, 4, "포장이 정말 꼼꼼해요."),
    ):
        story.told("survey.answered", who=whose(n), order=f"24{n}01", survey="csat", score=score, personal={"comment": words})
    order(story, 2, "24299")
    story.told("order.cancelled", who=whose(2), order="24299", reason="changed_mind", by="customer")
    order(story, 0, "24099")
    story.pass_until(day("11 May 20:00"), step=timedelta(hours=4))


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch, live_server: Any) -> Iterator[tuple[Any, Any]]:
    """A browser in which the owner is signed in, on a shop that has lived, and the address of that shop."""
    with shop(day("4 May 08:00"), monkeypatch) as story:
        lived(story)
        fault = Complaint("name", "is “order.placd”", "the name of an event, such as order.placed")
        intake.keep([Kept("api", "main", b'{"name": "order.placd", "order": "1"}', (fault,))], received_at=story.now)
        owner = accounts.create_member("owner@shop.example", "owner", by=None, name="Anca Pop", password="a long enough password")
        client = Client()
        client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
        cookie = {"name": "afterword_session", "value": client.cookies["afterword_session"].value, "url": live_server.url}
        pages = _addresses()
        monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the driver of the browser runs a loop in this thread
        with clock.travel(story.now), playwright.sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGS)
            yield (browser, cookie), (live_server.url, pages)
            browser.close()


def _addresses() -> dict[str, str]:
    """Every page, by a name."""
    ana = sql.value("select id from customers_customer where full_name = 'Ana Popescu'")
    kept, of = sql.rows("select id, customer_id from message_intent where state = 'dropped' limit 1")[0]
    late, good = (sql.value("select id from orders_order where number = %s", [number]) for number in ("24301", "24001"))
    event = sql.value("select id from event where name = 'order.placed' limit 1")
    return {
        "home": "/", "customers": "/customers/", "customer": f"/customers/{ana}/", "consents": f"/customers/{ana}/?show=consents",
        "why": f"/customers/{of}/why/{kept}",
        "nobody": "/customers/?q=zoe", "orders": "/orders/", "order": f"/orders/{good}/", "late": f"/orders/{late}/", "events": "/events/",
        "event": f"/events/{event}", "schemas": "/events/schema/", "schema": "/events/schema/order.placed", "quarantine": "/quarantine/",
        "body": f"/quarantine/{sql.value('select id from event_quarantine')}/", "missing": "/orders/00000000-0000-0000-0000-000000000000/",
    }  # fmt: skip


class Eye:
    """A browser window of one width in one light, and everything it found wrong."""

    def __init__(self, browser: Any, cookie: dict[str, Any], base: str, width: int, scheme: str) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 900 if width > 600 else 844}, color_scheme=scheme)
        self.context.add_cookies([cookie])
        self.page, self.base, self.width, self.scheme = self.context.new_page(), base, width, scheme
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def faults(self, name: str, address: str) -> list[str]:
        """What is wrong with this page."""
        from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

        self.said.clear()
        self.page.goto(self.base + address)
        place = f"{name} at {self.width} px, {self.scheme}"
        if SHOTS:
            self.page.screenshot(path=f"{SHOTS}/{name}-{self.width}-{self.scheme}.png", full_page=True)
        wide = self.page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
        found = [f"{place}: {text}" for text in self.said if name != "missing"]
        found += [f"{place}: {wide} px too wide"] if wide > 0 else []
        # Contrast differs by light and layout by width: two of the four windows hold every pair.
        graves = Axe().run(self.page).response["violations"] if (self.width, self.scheme) in AXED else []
        said = "{place}: {id}: {help}: {html}"
        return found + [
            said.format(place=place, id=one["id"], help=one["help"], html=one["nodes"][0]["html"][:160])
            for one in graves
            if one["impact"] in GRAVE
        ]


@pytest.mark.slow
def test_every_page_fits_says_nothing_and_can_be_used_by_everybody(console: Any) -> None:
    (browser, cookie), (base, pages) = console
    faults: list[str] = []
    eyes = [Eye(browser, cookie, base, width, scheme) for width in (1440, 390) for scheme in ("light", "dark")]
    for eye in eyes:
        for name, address in pages.items():
            faults += eye.faults(name, address)
    sql.run(REPLAY, [day("1 May 00:00"), day("31 May 00:00"), day("12 May 00:00")])
    for eye in eyes:
        faults += eye.faults("replay", "/")
        eye.context.clear_cookies()
        faults += eye.faults("sign_in", "/sign-in")
        eye.context.close()
    assert not faults, "\n".join(faults)


def test_pages_answer_to_keys_and_clicks_and_the_log_goes_on_by_itself(console: Any) -> None:
    (browser, cookie), (base, pages) = console
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(base + pages["customer"])
    page.get_by_role("button", name="Why").first.click()
    page.locator("#why .why").first.wait_for()
    assert page.locator("#why").is_visible()
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/open-why-390-light.png")
    page.keyboard.press("Escape")
    assert not page.locator("#why").is_visible()
    page.locator("label", has_text="Parcels").click()
    page.wait_for_url("**show=parcels**")
    page.locator("#timeline", has_text="Parcel arrived").wait_for()
    assert "Miere" not in (page.locator("#timeline").text_content() or "")
    page.go_back()
    page.locator("#timeline", has_text="Answered").wait_for()
    page.goto(base + "/customers/")
    page.locator("#q").press_sequentially("окса")
    page.locator("#found", has_text="Оксана Шевчук").wait_for()
    page.wait_for_url("**q=**")
    assert page.locator("#found tbody tr").count() == 1
    page.goto(base + "/events/?name=order.cancelled")
    with page.expect_response(lambda answer: "/events/" in answer.url and answer.request.headers.get("hx-request") == "true"):
        pass  # the end of the log goes on by itself
    page.get_by_role("link", name="Pause").click()
    page.get_by_role("link", name="Live again").wait_for()
    context.close()


def test_a_fresh_shop_shows_the_first_steps(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts.save_store("main", by=None, name="Lut & Boabe", currency="EUR", languages=("ro",), zone="Europe/Bucharest")
    owner = accounts.create_member("owner@shop.example", "owner", by=None, name="Anca Pop", password="a long enough password")
    token = accounts.create_sign_in_link(owner, by=None)
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(f"{live_server.url}/sign-in/{token}")
        page.keyboard.press("Enter")  # the button has the focus
        page.get_by_role("heading", name="Let your shop tell what happens").wait_for()
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/first-390-light.png", full_page=True)
            page.set_viewport_size({"width": 1440, "height": 900})
            page.screenshot(path=f"{SHOTS}/first-1440-light.png", full_page=True)
        browser.close()
