"""A signed link is the key; a GET answers for nobody; no cookie is ever set."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from afterword.kit import clock, sql
from afterword.loop.accounts.models import Store
from afterword.loop.consent import door as consent
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.messages import door as messages
from afterword.loop.messages.rules.links import FOLDER

BROWSER: dict[str, Any] = {
    "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "HTTP_ACCEPT_LANGUAGE": "uk", "HTTP_SEC_FETCH_USER": "?1",
}  # fmt: skip


@pytest.fixture
def order(db: None) -> dict[str, UUID]:
    """An order on its way, its customer, and a message about it."""
    now = clock.real_now()
    brand = {"colour": "#7a1f2b", "postal_address": "Strada Matei Corvin 6, Cluj"}
    shop = {"name": "Lut & Boabe", "brand": brand, "languages": ["en", "uk"], "zone": "Europe/Kyiv", "created_at": now}
    Store.objects.update_or_create(key="main", defaults=shop)
    lines = [{"title": "Mug <Snail>", "quantity": 1, "unit_price_minor": 3800}]
    told = [
        Told(
            "order.placed", now - timedelta(days=2), "test", "o1", who=Who("c1", "s@example.org", verified=True), order="24971",
            properties={"currency": "EUR", "total_minor": 3800, "items": 1, "lines": lines}, personal={"number": "#24971"},
        ),
        Told("shipment.in_transit", now - timedelta(days=1), "test", "s1", order="24971", shipment="p1"),
    ]  # fmt: skip
    recorded = identity.record(told, received_at=now)
    assert not recorded.refused
    events.seal(clock.real_now())
    order_id, customer_id = sql.one("select id, customer_id from orders_order") or (None, None)
    message_id = uuid4()
    sql.run(
        "insert into message_intent (id, origin, run, step, subject_id, customer_id, order_id, store, message, channel, category, "
        "planned_at, useful_until, state, sent_at) "
        "values (%s, 'satisfaction', %s, 'ask', %s, %s, %s, 'main', 'csat', 'email', 'service', %s, %s, 'sent', %s)",
        [message_id, uuid4(), order_id, customer_id, order_id, now, now, now - timedelta(hours=1)],
    )
    return {"order": order_id, "customer": customer_id, "message": message_id}


def address(purpose: Any, *ids: UUID, note: str = "main") -> str:
    return f"/c/{FOLDER[purpose]}/{messages.sign(messages.ring(), messages.Token(purpose, ids, note))}"


def told(name: str) -> list[dict[str, Any]]:
    import json

    found = sql.rows("select properties from event_inbox where name = %s", [name])
    return [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in found]


@pytest.mark.parametrize("locale", messages.LOCALES)
def test_the_order_page_reads_well_in_every_language(client: Client, order: dict[str, UUID], locale: str) -> None:
    answer = client.get(address("order", order["order"], order["customer"], order["message"]), {"l": locale}, **BROWSER)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'lang="{locale}"' in page
    assert "Mug &lt;Snail&gt;" in page
    assert "page." not in page.replace("page__", "").replace('"page ', "")
    assert not answer.cookies
    assert "<script" not in page
    assert "style=" not in page


def test_pages_ask_the_database_a_fixed_number_of_times(client: Client, order: dict[str, UUID], django_assert_max_num_queries: Any) -> None:
    for link, most in (
        (address("score", order["message"], order["customer"], order["order"], note="main/csat"), 4),
        (address("preferences", order["customer"], order["message"]), 10),
        (address("review", order["message"], order["customer"], order["order"], UUID(int=0)), 6),
        (address("order", order["order"], order["customer"]), 8),
    ):
        client.get(link)
        with django_assert_max_num_queries(most):
            assert client.get(link).status_code == 200


def test_a_person_who_opens_the_order_page_is_heard_once_and_a_machine_is_not_taken_for_one(client: Client, order: dict[str, UUID]) -> None:
    link = address("order", order["order"], order["customer"], order["message"])
    client.get(link, HTTP_USER_AGENT="curl/8")
    assert told("order_status.viewed") == []
    assert [one["by_machine"] for one in told("message.clicked")] == [True]
    client.get(link, **BROWSER)
    client.get(link, **BROWSER)
    assert len(told("order_status.viewed")) == 1
    assert sorted(one["by_machine"] for one in told("message.clicked")) == [False, True]
    assert told("message.clicked")[0]["journey"] == "satisfaction"


@pytest.mark.parametrize("survey", ["csat", "nps"])
def test_a_get_only_chooses_and_a_post_answers(client: Client, order: dict[str, UUID], survey: str) -> None:
    link = address("score", order["message"], order["customer"], order["order"], note=f"main/{survey}")
    chosen = client.get(f"{link}/4", **BROWSER).content.decode()
    assert 'value="4" checked' in chosen
    assert told("survey.answered") == []
    answered = client.post(link, {"score": "4", "comment": "Дуже гарно"}, **BROWSER)
    assert answered.status_code == 303
    assert [(one["score"], one["survey"], one["journey"]) for one in told("survey.answered")] == [(4, survey, "satisfaction")]
    assert sql.value("select count(*) from event_personal where properties ->> 'comment' = 'Дуже гарно'") == 1
    thanks = client.get(answered.headers["Location"]).content.decode()
    assert "4" in thanks
    events.seal(clock.real_now())
    assert sql.value("select order_id from event_survey_answered") == order["order"]


@pytest.mark.parametrize("given", ["", "99", "-1", "x", "４"])
def test_what_is_not_on_the_scale_is_asked_again(client: Client, order: dict[str, UUID], given: str) -> None:
    link = address("score", order["message"], order["customer"], order["order"], note="main/csat")
    answer = client.post(link, {"score": given, "comment": "kept"})
    if given == "４":  # a digit of another script is a digit
        assert answer.status_code == 303
        return
    assert answer.status_code == 422
    assert "kept" in answer.content.decode()
    assert told("survey.answered") == []


def test_one_click_unsubscribes_and_looking_at_the_page_does_not(client: Client, order: dict[str, UUID]) -> None:
    link = address("unsubscribe", order["customer"], order["message"], note="main/service")
    assert client.get(link).status_code == 200
    assert told("consent.withdrawn") == []
    answer = client.post(link, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert [(one["purpose"], one["how"]) for one in told("consent.withdrawn")] == [("service", "one-click")]
    assert [one["message"] for one in told("message.unsubscribed")] == ["csat"]
    events.seal(clock.real_now())
    said = consent.may([order["customer"]], store="main", channel="email", purpose="service")[order["customer"]]
    assert said.state == "withdrawn"


def test_preferences_tell_only_what_changed(client: Client, order: dict[str, UUID]) -> None:
    link = address("preferences", order["customer"], order["message"])
    assert 'name="service" checked' in client.get(link).content.decode()
    client.post(link, {"service": "on", "marketing": "on", "tracking": "on", "often": ""})
    assert told("consent.withdrawn") == []
    assert [(one["purpose"], one["ground"]) for one in told("consent.granted")] == [("marketing", "double_opt_in")]
    assert told("consent.wished") == []
    events.seal(clock.real_now())
    said = consent.may([order["customer"]], store="main", channel="email", purpose="marketing")[order["customer"]]
    assert said.state == "granted"  # the words that were shown, and where, prove it


def sealed(name: str) -> list[dict[str, Any]]:
    """The properties of what is in the log under a name."""
    return [json.loads(text) for (text,) in sql.rows("select properties::text from event where name = %s order by known_at", [name])]


def test_wishes_about_how_often_and_when_are_told_once_and_shown_again(client: Client, order: dict[str, UUID]) -> None:
    link = address("preferences", order["customer"], order["message"])
    given = {"service": "on", "tracking": "on", "often": "1", "from": "20:00", "until": "10:00"}
    for _ in range(2):
        client.post(link, given)
        events.seal(clock.real_now())
    assert sorted((one["about"], one["wish"]) for one in sealed("consent.wished")) == [("often", "1"), ("quiet", "20:00-10:00")]
    page = client.get(link).content.decode()
    assert 'name="often" value="1" checked' in page
    assert "<option selected>20:00</option>" in page
    client.post(link, given | {"from": "03:00", "until": "'; drop table"})
    assert told("consent.wished") == []


def test_a_browser_that_says_do_not_sell_or_share_is_heard_once_for_the_person(client: Client, order: dict[str, UUID]) -> None:
    link = address("preferences", order["customer"], order["message"])
    for _ in range(2):
        client.get(link, headers={"Sec-GPC": "1"})
        events.seal(clock.real_now())
    assert [(one["purpose"], one["how"], one["every_store"]) for one in sealed("consent.withdrawn")] == [("tracking", "gpc", True)]
    assert consent.untracked([order["customer"]]) == {order["customer"]}
    assert 'name="tracking" checked' not in client.get(link).content.decode()


def test_links_lead_on_only_where_we_signed_them(client: Client, order: dict[str, UUID]) -> None:
    link = address("click", order["message"], order["customer"], note="https://shop.example/mug?x=1")
    answer = client.get(link, **BROWSER)
    assert answer.headers["Location"] == "https://shop.example/mug?x=1"
    assert [one["by_machine"] for one in told("message.clicked")] == [False]
    assert client.get(address("click", order["message"], order["customer"], note="javascript:alert(1)")).status_code == 404


def test_the_point_is_always_given_and_openings_are_told_once(client: Client, order: dict[str, UUID]) -> None:
    link = address("open", order["message"], order["customer"], note="")
    for _ in range(2):
        answer = client.get(f"{link}.gif", HTTP_USER_AGENT="Mozilla/5.0 (via ggpht.com GoogleImageProxy)")
        assert answer.headers["Content-Type"] == "image/gif"
    assert [one["by_machine"] for one in told("message.opened")] == [False]
    assert client.get("/c/i/nonsense.gif").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["o/nonsense", "r/nonsense/5", "r/nonsense/thanks", "s/nonsense/5", "u/nonsense", "p/nonsense", "l/nonsense", "s/nonsense/thanks"],
)
def test_a_broken_link_is_answered_kindly_with_404(client: Client, db: None, path: str) -> None:
    answer = client.get(f"/c/{path}", HTTP_ACCEPT_LANGUAGE="ro-RO,ro;q=0.9")
    assert answer.status_code == 404
    assert "Acest link nu funcționează." in answer.content.decode()


def test_a_link_for_one_thing_opens_no_other(client: Client, order: dict[str, UUID]) -> None:
    token = address("order", order["order"], order["customer"], order["message"]).rpartition("/")[2]
    assert client.post(f"/c/u/{token}").status_code == 404
    assert told("consent.withdrawn") == []


def test_an_order_page_is_closed_long_after_delivery(client: Client, order: dict[str, UUID]) -> None:
    sql.run("update orders_order set delivered_at = now() - interval '100 days'")
    assert client.get(address("order", order["order"], order["customer"], order["message"])).status_code == 404


def test_a_link_that_holds_no_longer_says_so_in_the_customers_language(client: Client, order: dict[str, UUID]) -> None:
    sql.run("update customers_customer set language = 'uk'")
    ids, ended = (order["order"], order["customer"], order["message"]), clock.real_now() - timedelta(days=1)
    old = messages.sign(messages.ring(), messages.Token("order", ids, "main", ended))
    answer = client.get(f"/c/o/{old}", headers={"accept-language": "ko"})
    assert (answer.status_code, '<html lang="uk">' in answer.content.decode()) == (404, True)


# -- pauses ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", messages.LOCALES)
def test_a_pause_is_asked_for_seen_and_ended_with_one_tap(client: Client, order: dict[str, UUID], locale: str) -> None:
    link, words = address("preferences", order["customer"], order["message"]), messages.catalogue(locale)
    assert words.say("page.pause.button", {}) in client.get(link, {"l": locale}).content.decode()
    begun = client.post(f"{link}?l={locale}", {"pause": "weeks"}).content.decode()
    assert words.say("page.pause.end", {}) in begun
    assert words.say("page.pause.button", {}) + "</button>" not in begun
    assert [one["how"] for one in told("consent.paused")] == ["preferences"]
    events.seal(clock.real_now())
    until = consent.paused_until(order["customer"], store="main", now=clock.now())
    assert until is not None
    assert timedelta(days=14) < until - clock.now() <= timedelta(days=15, hours=1)
    assert words.say("page.pause.end", {}) in client.get(link, {"l": locale}).content.decode()
    ended = client.post(f"{link}?l={locale}", {"resume": "1"}).content.decode()
    assert words.say("page.pause.ended", {}) in ended
    events.seal(clock.real_now())
    assert consent.paused_until(order["customer"], store="main", now=clock.now()) is None


@pytest.mark.parametrize("day", ["", "yesterday", "2020-01-01", "9999-12-31"])
def test_a_pause_until_no_day_to_come_is_asked_again(client: Client, order: dict[str, UUID], day: str) -> None:
    answer = client.post(address("preferences", order["customer"], order["message"]), {"pause": "day", "day": day})
    assert answer.status_code == 422
    assert "Choose a day from tomorrow on" in answer.content.decode()
    assert told("consent.paused") == []


def test_the_unsubscribe_page_offers_a_pause_instead(client: Client, order: dict[str, UUID]) -> None:
    page = client.get(address("unsubscribe", order["customer"], order["message"], note="main/service")).content.decode()
    assert "Or pause for a month" in page
    there = page.partition('action="/c/p/')[2].partition('"')[0]
    client.post(f"/c/p/{there}", {"pause": "month"})
    assert len(told("consent.paused")) == 1
    assert told("consent.withdrawn") == []


# -- reviews --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", messages.LOCALES)
def test_a_review_is_chosen_by_a_link_sent_by_a_button_and_changed_by_a_second(client: Client, order: dict[str, UUID], locale: str) -> None:
    words = messages.catalogue(locale)
    link = address("review", order["message"], order["customer"], order["order"], UUID(int=0))
    chosen = client.get(f"{link}/4", {"l": locale}, **BROWSER).content.decode()
    assert 'value="4"' in chosen.partition(" checked")[0][-120:]
    assert f'lang="{locale}"' in chosen
    assert told("review.submitted") == []
    sent = client.post(f"{link}?l={locale}", {"stars": "4", "title": "Гарно", "text": "<b>ja</b>"}, **BROWSER)
    assert sent.status_code == 303
    thanks = client.get(sent.headers["Location"]).content.decode()
    assert words.say("page.review.kept", {}) in thanks
    assert "&lt;b&gt;ja&lt;/b&gt;" in thanks
    again = client.get(link, {"l": locale}).content.decode()
    assert words.say("page.review.again", {}) in again
    with clock.travel(clock.now() + timedelta(minutes=1)):
        client.post(link, {"stars": "2", "title": "", "text": ""})
    said = told("review.submitted")
    assert sorted(one["rating"] for one in said) == [2, 4]
    assert len({one["review"] for one in said}) == 1
    assert {one["journey"] for one in said} == {"satisfaction"}
    assert all("text" not in one for one in said)
    assert sql.value("select count(*) from event_personal where properties ->> 'title' = 'Гарно'") == 1


@pytest.mark.parametrize("given", ["", "0", "6", "x"])
def test_stars_that_are_none_are_asked_for_again_and_nothing_is_lost(client: Client, order: dict[str, UUID], given: str) -> None:
    link = address("review", order["message"], order["customer"], order["order"], UUID(int=0))
    answer = client.post(link, {"stars": given, "title": "kept", "text": "words"})
    assert answer.status_code == 422
    assert "kept" in answer.content.decode()
    assert "words" in answer.content.decode()
    assert told("review.submitted") == []


def test_a_mail_scanner_cannot_review(client: Client, order: dict[str, UUID]) -> None:
    link = address("review", order["message"], order["customer"], order["order"], UUID(int=0))
    for stars in range(1, 6):
        assert client.get(f"{link}/{stars}").status_code == 200
        assert client.head(f"{link}/{stars}").status_code == 200
    assert told("review.submitted") == []


def test_a_review_is_of_the_very_thing_and_stops_the_asking(client: Client, order: dict[str, UUID]) -> None:
    product = uuid4()
    sql.run("update orders_line set product_id = %s, reference = 'mug-1'", [product])
    link = address("review", order["message"], order["customer"], order["order"], product)
    assert "Mug &lt;Snail&gt;" in client.get(link).content.decode()
    client.post(link, {"stars": "5"})
    events.seal(clock.real_now())
    found = sql.one("select order_id, product_id from event_review_submitted")
    assert found is not None
    assert found[0] == order["order"]
    assert found[1] is not None


def test_whoever_types_an_address_is_asked_once_an_hour_and_told_nothing(client: Client, order: dict[str, UUID]) -> None:
    page = client.get("/c/join/main").content.decode()
    assert 'type="email"' in page
    for address_typed in ("nora@example.com", "Nora@example.com ", "ana@example.com"):
        answer = client.post("/c/join/main", {"email": address_typed}).content.decode()
        assert "mailbox" in answer
    assert [one["purpose"] for one in told("consent.asked")] == ["marketing", "marketing"]
    assert client.post("/c/join/main", {"email": "nobody"}).status_code == 422
    assert client.get("/c/join/elsewhere").status_code == 404


def test_a_confirmed_address_may_be_written_to_and_looking_is_not_confirming(client: Client, order: dict[str, UUID]) -> None:
    link = address("confirm", order["customer"], order["message"])
    assert client.get(link).status_code == 200
    assert told("consent.granted") == []
    assert client.post(link).status_code == 200
    assert [one["ground"] for one in told("consent.granted")] == ["double_opt_in"]
    events.seal(clock.real_now())
    assert consent.may([order["customer"]], store="main", channel="email", purpose="marketing")[order["customer"]].state == "granted"
