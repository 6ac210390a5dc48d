"""The pages of segments: who may do what, what is told while one types, and what leaves the house."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from afterword.kit import children, sql
from afterword.kit.testing import tokenless
from afterword.loop.accounts import door as accounts
from afterword.loop.events import door as events
from afterword.loop.segments import door as segments

from ..pages import segment_drafts
from ..pages.segments import moved, spark
from ..pages.timeline import of_event
from .conftest import AT, Shop

Browser = Callable[[Any], Client]
pytestmark = pytest.mark.usefixtures("kept")
READ = ("/segments/", "/segments/?archived=1", "/segments/overlap/", "/segments/buyers/", "/segments/buyers/history/")
WRITE = ("/segments/new/", "/segments/buyers/edit/")
DEEDS = (
    "/segments/try",
    "/segments/count",
    "/segments/save",
    "/segments/rows",
    "/segments/ready-made",
    "/segments/buyers/archive",
    "/segments/buyers/restore",
)


@pytest.fixture
def kept(shop: Shop) -> None:
    """Two segments of the small shop."""
    at = events.frontier() or AT
    segments.save_segment("buyers", name="Buyers", about="Whoever bought", text="ever(order.placed)", at=at)
    segments.save_segment("twice", name="Twice", text='in_segment("buyers") and count(order.placed) >= 2', at=at)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Commands run in this process, where the test's own transaction is seen; which ones."""
    from typer.testing import CliRunner

    from afterword.loop.segments.commands import app

    ran: list[tuple[str, ...]] = []

    def run(*arguments: str, patience: float = 60.0, **_: Any) -> children.Ended:
        ran.append(arguments)
        done = CliRunner().invoke(app, list(arguments))
        said = str(done.exception) if done.exception and done.exit_code else done.output
        return children.Ended(done.exit_code, said.strip())

    monkeypatch.setattr(children, "run", run)
    segment_drafts.compiled.cache_clear()
    return ran


def page(browser: Client, address: str, **asked: Any) -> str:
    answer = browser.get(address, **asked)
    assert answer.status_code == 200, (address, answer.status_code)
    return str(answer.content.decode())


def test_an_owner_sees_every_page(signed_in: Browser, alice: Any, shop: Shop) -> None:
    browser = signed_in(alice)
    for address in (*READ, *WRITE, "/segments/buyers/people/", f"/segments/twice/people/{shop.ana}/"):
        assert "<h1" in page(browser, address), address
    assert "Ana Popovici" in page(browser, "/segments/buyers/people/")


def test_a_colleague_without_the_right_sees_figures_and_nobody(signed_in: Browser, bob: Any, shop: Shop) -> None:
    browser = signed_in(bob)
    for address in READ:
        text = page(browser, address)
        assert "Ana" not in tokenless(text)
        assert "Customer " not in text
    for address in ("/segments/buyers/people/", f"/segments/buyers/people/{shop.ana}/", *WRITE):
        assert browser.get(address).status_code == 403, address
    for address in (*DEEDS, "/segments/buyers/export"):
        assert browser.post(address).status_code == 403, address


def test_a_stranger_is_asked_to_sign_in(signed_in: Browser) -> None:
    for address in (*READ, *WRITE, "/segments/buyers/people/"):
        assert signed_in(None).get(address).status_code == 302, address


def test_whoever_belongs_to_one_store_sees_its_people_only(signed_in: Browser, shop: Shop) -> None:
    radu = accounts.create_member("radu@shop.example", "developer", by=None, stores=("other",), password="radu has a password")
    browser = signed_in(radu)
    text = page(browser, "/segments/buyers/people/")
    assert f"/customers/{shop.bogdan}/" in text
    assert f"/customers/{shop.ana}/" not in text
    assert browser.get(f"/segments/buyers/people/{shop.ana}/").status_code == 404


def test_what_is_wrong_is_told_while_one_types_and_no_engine_is_started(signed_in: Browser, alice: Any, here: list[Any]) -> None:
    browser = signed_in(alice)
    text = browser.post("/segments/try", {"text": "ever(order.plased)"}, headers={"HX-Request": "true"}).content.decode()
    assert "Did you mean order.placed" in text
    assert "<mark>order.plased)</mark>" in text
    text = browser.post("/segments/try", {"text": "ever(order.placed)"}, headers={"HX-Request": "true"}).content.decode()
    assert "This can be asked" in text
    assert not here


def test_a_condition_is_counted_with_some_of_the_people(signed_in: Browser, alice: Any, here: list[Any]) -> None:
    browser = signed_in(alice)
    for _ in range(2):
        text = browser.post("/segments/count", {"text": "ever(order.placed)"}, headers={"HX-Request": "true"}).content.decode()
    assert "Ana Popovici" in text
    assert len(here) == 1, "what was compiled once is not compiled again"


def test_a_condition_that_takes_too_long_is_stopped_in_words(
    signed_in: Browser, alice: Any, here: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = "select id as customer_id, pg_sleep(9) is null as inside, null::timestamptz as again from generate_series(1, 2) id"
    monkeypatch.setattr(segment_drafts, "compiled", lambda *_: {"everybody": plan})
    monkeypatch.setattr(segment_drafts, "PATIENCE", 0.05)
    text = signed_in(alice).post("/segments/count", {"text": "ever(order.placed)"}).content.decode()
    assert "so it was stopped" in text


def test_a_segment_is_kept_changed_archived_and_taken_back(signed_in: Browser, alice: Any, here: list[Any]) -> None:
    browser = signed_in(alice)
    form = {"key": "", "name": "Dear ones", "about": "-", "text": "count(order.placed)\n>= 1"}
    assert browser.post("/segments/save", form).headers["Location"] == "/segments/dear_ones/"
    assert segments.known("dear_ones").text == "count(order.placed) >= 1"
    browser.post("/segments/save", {**form, "key": "dear_ones", "text": "count(order.placed) >= 9"})
    assert segments.known("dear_ones").number == 2
    assert "count(order.placed) &gt;= 9" in page(browser, "/segments/dear_ones/history/")
    browser.post("/segments/dear_ones/archive")
    assert "Take it back" in page(browser, "/segments/dear_ones/")
    browser.post("/segments/dear_ones/restore")
    assert segments.known("dear_ones").is_on
    assert {"segment saved", "segment archived", "segment restored"} <= set(accounts.audited().values_list("what", flat=True))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"key": "", "name": "Buyers", "text": "ever(order.placed)"}, "There is a segment “Buyers” already."),
        ({"key": "", "name": "", "text": "ever(order.placed)"}, "It needs a name."),
        ({"key": "", "name": "Other", "text": "order.total > 5"}, "There is no order at hand here"),
        ({"key": "buyers", "name": "Buyers", "text": 'in_segment("twice")'}, "would be part of itself"),
    ],
)
def test_what_cannot_be_kept_stands_beside_what_was_typed(
    signed_in: Browser, alice: Any, here: list[Any], form: dict[str, str], said: str
) -> None:
    text = signed_in(alice).post("/segments/save", {"about": "", **form}).content.decode()
    assert said.lower() in text.lower()
    assert not here


def test_an_export_is_audited_and_has_everybody(signed_in: Browser, alice: Any) -> None:
    answer = signed_in(alice).post("/segments/buyers/export")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert rows[0] == list(segments.EXPORTED)
    assert len(rows) == 1 + segments.size("buyers")
    assert accounts.audited().filter(what="people exported", subject="segment buyers").exists()


def test_a_customer_s_page_names_their_segments_and_why(signed_in: Browser, alice: Any, shop: Shop) -> None:
    browser = signed_in(alice)
    assert f"/segments/buyers/people/{shop.ana}/" in page(browser, f"/customers/{shop.ana}/")
    text = page(browser, f"/segments/buyers/people/{shop.ana}/", headers={"HX-Request": "true"})
    assert "is in “Buyers”" in text
    assert "ever(order.placed)" in text


def test_coming_and_going_stands_in_the_timeline() -> None:
    event = {"name": "segment.left", "at": AT, "id": None, "order_id": None, "properties": {"segment": "best_buyers"}}
    line = of_event(event, {}, {})
    assert (line.title, line.href) == ("Left the segment “best buyers”", "/segments/best_buyers/")
    assert of_event({**event, "properties": {"segment": "a/b"}}, {}, {}).href == ""
    assert of_event(event, {"segment_name": "Best customers"}, {}).title == "Left the segment “Best customers”"


def test_overlaps_are_asked_by_the_address(signed_in: Browser, bob: Any) -> None:
    text = page(signed_in(bob), "/segments/overlap/?of=buyers&of=twice&of=nothing")
    assert "are in both" in text


def test_a_spark_is_a_line_and_a_week_is_seven_days() -> None:
    assert spark([5, 5]) == "0.0,12.0 100.0,12.0"
    assert spark([0, 10]) == "0.0,22.0 100.0,2.0"
    days = [(AT.date() + timedelta(days=n), n) for n in range(10)]
    assert moved(days) == {"week": 7, "week_less": -7, "change": 9, "most": days[-1]}


def test_names_in_any_script_make_segments_of_their_own(signed_in: Browser, alice: Any, here: list[Any]) -> None:
    browser = signed_in(alice)
    for number, name in enumerate(("ลูกค้าไทย", "عملاء", "고객")):
        answer = browser.post("/segments/save", {"key": "", "name": name, "about": "", "text": f"count(order.placed) > {number}"})
        assert answer.headers["Location"] == f"/segments/segment{f'_{number + 1}' if number else ''}/"
    assert [segments.known(key).name for key in ("segment", "segment_2", "segment_3")] == ["ลูกค้าไทย", "عملاء", "고객"]


def test_a_condition_is_chosen_in_rows_and_the_text_follows(signed_in: Browser, alice: Any) -> None:
    browser = signed_in(alice)
    assert "Ask something" in page(browser, "/segments/new/")
    grown = browser.post("/segments/rows", {"text": "", "text~was": "", "text~joint": "and", "grow": "text~"}).content.decode()
    assert 'data-text="count(order.placed) &gt;= 1"' in grown
    row = {"text": "count(order.placed) >= 1", "text~was": "count(order.placed) >= 1", "text~joint": "and"}
    row |= {"text~0.what": "value", "text~0.of": "order.placed", "text~0.op": ">=", "text~0.than": "1"}
    assert 'data-text="customer.country == &quot;&quot;"' in browser.post("/segments/rows", row).content.decode()
    row |= {"text~0.of": "customer.country", "text~0.op": "==", "text~0.than": "RO"}
    chosen = browser.post("/segments/rows", row).content.decode()
    assert 'data-text="customer.country == &quot;RO&quot;"' in chosen
    assert "customer · language" in chosen
    assert "order · total" not in chosen, "a segment has no order at hand"
    typed = browser.post("/segments/rows", {**row, "text": "ever(order.paid)"}).content.decode()
    assert 'data-text="ever(order.paid)"' in typed
    assert "too much for rows" in browser.post("/segments/rows", {"text": "(("}).content.decode()


def test_a_segment_that_is_set_aside_says_why_on_its_page_and_in_the_list(signed_in: Browser, alice: Any, here: list[Any]) -> None:
    sql.run("update segment set fault = 'there is no such event; expected another' where key = 'buyers'")
    browser = signed_in(alice)
    for address in ("/segments/", "/segments/buyers/"):
        assert "there is no such event; expected another" in page(browser, address)
