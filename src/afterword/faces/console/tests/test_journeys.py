"""Pages of journeys and messages: who sees which, what stands there, how often the database is asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from afterword.kit import children, sql
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages

from .conftest import AT, DROPPED, SENT, Shop

Browser = Callable[[Any], Client]
KEY = "/journeys/satisfaction"
FIGURES = ("/journeys/", f"{KEY}/", f"{KEY}/?step=ask", f"{KEY}/text/", f"{KEY}/versions/", f"{KEY}/backtest/")
PEOPLE = (f"{KEY}/people/", "/messages/", "/messages/?state=not_sent", f"/messages/{SENT}/", f"/messages/{DROPPED}/")
CONTACT = ("/messages/previews/csat/", "/messages/previews/csat/?language=ko&form=text", "/messages/previews/csat/ko/html")
DEEDS = (f"{KEY}/turn-on", f"{KEY}/turn-off", f"{KEY}/backtest/ask", f"{KEY}/backtest/1/stop", f"/messages/{DROPPED}/send-anyway")


@pytest.fixture(autouse=True)
def _live(shop: Shop) -> None:
    journeys.keep_shipped(at=AT)
    for key in ("satisfaction", "review_request"):
        journeys.publish(key, at=AT, by="alice@shop.example", until=AT)


def page(browser: Client, address: str, **more: Any) -> str:
    answer = browser.get(address, **more)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


# -- who ------------------------------------------------------------------------------------------------------------------


def test_an_owner_sees_every_page(signed_in: Browser, alice: Any) -> None:
    browser = signed_in(alice)
    for address in (*FIGURES, *PEOPLE, *CONTACT):
        page(browser, address)
    assert browser.get("/messages/previews/").headers["Location"] == "/messages/previews/order_confirmation/"


def test_a_colleague_who_sees_figures_sees_journeys_and_no_people(signed_in: Browser, bob: Any) -> None:
    browser = signed_in(bob)
    for address in FIGURES:
        assert "Turn off" not in page(browser, address), address
    for address in (*PEOPLE, *CONTACT, f"/messages/{SENT}/html", "/messages/previews/", f"{KEY}/people/{UUID(int=9)}/"):
        assert browser.get(address).status_code == 403, address
    for address in DEEDS:
        assert browser.post(address).status_code == 403, address


def test_a_stranger_is_asked_to_sign_in(signed_in: Browser, charlie: None) -> None:
    browser = signed_in(charlie)
    for address in (*FIGURES, *PEOPLE, *CONTACT):
        assert browser.get(address).headers["Location"].startswith("/sign-in?"), address
    for address in DEEDS:
        assert browser.post(address).headers["Location"].startswith("/sign-in"), address


def test_a_marketer_reads_why_but_not_to_whom(signed_in: Browser, dana: Any) -> None:
    browser = signed_in(dana)
    for address in (*PEOPLE, f"/messages/{DROPPED}/"):
        assert "Ana Popovici" not in page(browser, address), address
    assert browser.get(f"/messages/{SENT}/html").status_code == 403
    assert browser.post(f"/messages/{DROPPED}/send-anyway").status_code == 403


def test_a_message_of_another_store_is_not_there(signed_in: Browser, mihai: Any) -> None:
    browser = signed_in(mihai)
    assert browser.get(f"/messages/{SENT}/").status_code == 404
    assert browser.get(f"/messages/{SENT}/html").status_code == 404
    assert browser.post(f"/messages/{DROPPED}/send-anyway", {"reason": "x"}).status_code == 404
    assert "Nothing has been said yet" in page(browser, "/messages/")


@pytest.mark.parametrize(
    "address",
    ["/journeys/none/", f"{KEY}/?version=9", f"{KEY}/step/none/", f"{KEY}/people/{UUID(int=7)}/", f"/messages/{UUID(int=7)}/",
     "/messages/previews/none/", "/messages/previews/csat/xx/html", "/journeys/none/people/"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(signed_in: Browser, alice: Any, address: str) -> None:
    assert signed_in(alice).get(address).status_code == 404


# -- what -----------------------------------------------------------------------------------------------------------------


def test_the_list_says_what_each_is_for_and_whether_it_is_on(signed_in: Browser, alice: Any) -> None:
    said = page(signed_in(alice), "/journeys/")
    assert "2 journeys are on." in said
    assert said.index("Ask for a review") < said.index("Order confirmation")
    assert said.count("Draft") == 8


def test_the_flow_is_a_part_for_htmx_and_a_page_for_people(signed_in: Browser, alice: Any) -> None:
    browser = signed_in(alice)
    assert "<h1" in page(browser, "/journeys/review_request/")
    part = page(browser, "/journeys/review_request/", headers={"HX-Request": "true"})
    assert "<h1" not in part
    assert part.count('class="step"') == 6
    assert part.count('id="step-ask"') == 1
    assert part.count("flow__arm--open") == 3
    assert 'hx-trigger="every 5s"' in part
    step = browser.get("/journeys/review_request/step/ask/")
    assert step.headers["Location"] == "/journeys/review_request/?step=ask"
    panel = page(browser, "/journeys/review_request/step/ask/", headers={"HX-Request": "true"})
    assert "7 days" in panel or "1 week" in panel


def test_a_draft_that_says_something_else_is_told_and_shown_as_a_difference(signed_in: Browser, alice: Any) -> None:
    text = journeys.text_of("satisfaction")
    journeys.keep_draft(text.replace("delivered_at + 3d", "delivered_at + 4d"), at=AT)
    browser = signed_in(alice)
    assert "the draft says something else" in page(browser, "/journeys/")
    assert "Publish the draft" in page(browser, f"{KEY}/")
    versions = page(browser, f"{KEY}/versions/")
    assert '<span class="diff__added">+      until: order.delivered_at + 4d</span>' in versions
    assert "Published on" in versions
    assert "alice@shop.example" in versions
    assert "delivered_at + 3d" in page(browser, f"{KEY}/text/?version=1")


def test_turning_on_runs_in_a_process_of_its_own_and_tells_what_came_of_it(
    signed_in: Browser, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    def ended(code: int, said: str) -> Callable[..., children.Ended]:
        def run(*given: str) -> children.Ended:
            asked.append(given)
            return children.Ended(code, said)

        return run

    monkeypatch.setattr(children, "run", ended(2, "Refused: not like this"))
    browser = signed_in(alice)
    assert "not like this" in browser.post(f"{KEY}/turn-on", follow=True).content.decode()
    monkeypatch.setattr(children, "run", ended(0, ""))
    assert "is off" in browser.post(f"{KEY}/turn-off", follow=True).content.decode()
    assert asked == [("publish", "satisfaction", "--by", alice.email), ("withdraw", "satisfaction", "--by", alice.email)]


def test_turning_on_says_what_the_shop_s_platform_may_send_already(signed_in: Browser, alice: Any) -> None:
    assert "already send an order confirmation" in page(signed_in(alice), "/journeys/order_confirmation/")
    assert "already send the same?" in page(signed_in(alice), f"{KEY}/")


def test_messages_are_listed_by_what_became_of_them(signed_in: Browser, alice: Any) -> None:
    browser = signed_in(alice)
    everything = page(browser, "/messages/")
    assert "one was sent" in everything
    kept = page(browser, "/messages/?state=not_sent", headers={"HX-Request": "true"})
    assert "enough this week already" in kept
    assert str(SENT) not in kept
    assert str(DROPPED) in page(browser, "/messages/?reason=enough+this+week+already&day=2026-05-05&message=reorder_reminder")
    assert "None of these" in page(browser, "/messages/?message=nps")
    assert str(SENT) in page(browser, "/messages/?day=nonsense&after=nonsense")


def test_a_message_that_a_cap_keeps_back_can_be_sent_anyway_with_a_reason(signed_in: Browser, alice: Any) -> None:
    browser = signed_in(alice)
    assert "Send it anyway" in page(browser, f"/messages/{DROPPED}/")
    assert "Say why" in browser.post(f"/messages/{DROPPED}/send-anyway", {"reason": " "}, follow=True).content.decode()
    assert (
        "goes out within seconds"
        in browser.post(f"/messages/{DROPPED}/send-anyway", {"reason": "She asked for it by phone."}, follow=True).content.decode()
    )
    kept = sql.one("select state, override_reason from message_intent where id = %s", [DROPPED])
    assert kept == ("planned", "She asked for it by phone.")
    again = browser.post(f"/messages/{DROPPED}/send-anyway", {"reason": "again"}, follow=True).content.decode()
    assert "cannot be sent anyway" in again
    assert "She asked for it by phone." in page(browser, "/settings/audit/")


def test_the_mail_is_shown_where_nothing_can_run_and_opening_it_counts_for_nothing(signed_in: Browser, alice: Any) -> None:
    html = '<p>Hi</p><img src="https://a.example/c/i/tok.gif" width="1"><script>1</script>'
    raw = f"Subject: Hello\nTo: ana@example.com\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n{html}\n".encode()
    sql.run(
        "insert into message_delivery (intent_id, customer_id, store, channel, address, subject, body) "
        "select id, customer_id, store, channel, 'ana@example.com', 'Hello', %s from message_intent where id = %s "
        "on conflict (intent_id, channel) do update set body = excluded.body",
        [raw, SENT],
    )
    browser = signed_in(alice)
    assert f'src="/messages/{SENT}/html"' in page(browser, f"/messages/{SENT}/")
    answer = browser.get(f"/messages/{SENT}/html")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert b"/c/i/" not in answer.content


@pytest.mark.parametrize("key", list(messages.MESSAGES))
def test_every_message_can_be_read_in_every_language(signed_in: Browser, alice: Any, key: str) -> None:
    browser = signed_in(alice)
    for locale in messages.LOCALES:
        html = page(browser, f"/messages/previews/{key}/{locale}/html")
        assert not re.search(r'href="https?://[^"]*/c/', html)
        assert "{{" not in html


# -- how often ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "most"),
    [("/journeys/", 13), (f"{KEY}/", 21), (f"{KEY}/people/", 20), ("/messages/?state=not_sent", 15), (f"/messages/{SENT}/", 15)],
)
def test_a_page_asks_the_database_a_fixed_number_of_times(
    signed_in: Browser, alice: Any, address: str, most: int, django_assert_max_num_queries: Any
) -> None:
    browser = signed_in(alice)
    page(browser, address)
    with django_assert_max_num_queries(most):
        page(browser, address)
