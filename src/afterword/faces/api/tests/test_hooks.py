"""The machines' entrance, as a machine sees it."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from afterword.faces.api import actions
from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.models import Member
from afterword.loop.intake import door as intake

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(alice: Member) -> str:
    return accounts.create_key("main", "test", by=alice)


def post(path: str, body: Any, key: str | None, **headers: str) -> Any:
    given = dict(headers)
    if key is not None:
        given["Authorization"] = "Basic " + base64.b64encode(f"{key}:".encode()).decode()
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Client(enforce_csrf_checks=True).post(path, data, content_type="application/json", headers=given)


def page(n: int = 1, **more: Any) -> dict[str, Any]:
    return {"type": "page", "userId": "1", "messageId": f"m{n}", "properties": {"url": "https://s.example/"}, **more}


def names() -> list[str]:
    return [row[0] for row in sql.rows("select name from event_inbox where source <> 'afterword' order by seq")]


@pytest.mark.parametrize("kind", ["identify", "track", "page", "screen", "group", "alias", "t"])
def test_each_segment_call_is_taken(kind: str, key: str) -> None:
    body = {"userId": "1", "event": "Product Viewed", "previousId": "a", "groupId": "g", "properties": {"product_id": "x"}}
    answer = post(f"/v1/{kind}", body, key)
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert len(names()) == 1


def test_a_batch_keeps_its_good_part_and_the_rest_waits_in_quarantine(key: str) -> None:
    batch = {"batch": [page(1), page(1), {"type": "track", "event": "Coupon Applied", "userId": "1"}, page(2, x="y" * 40_000), 5, page(3)]}
    assert post("/v1/batch", batch, key).status_code == 200
    assert names() == ["page.viewed", "page.viewed"]
    assert intake.waiting() == 3


def test_the_key_may_stand_in_the_body_and_a_wrong_one_is_refused(key: str) -> None:
    assert post("/v1/batch", {"batch": [page()], "writeKey": key}, None).status_code == 200
    assert post("/v1/page", {**page(2), "writeKey": key}, None).status_code == 200
    for wrong in (None, "wk_wrong", "ключ", ""):
        answer = post("/v1/batch", {"batch": [page(3)]}, wrong)
        assert answer.status_code == 401
        assert "Basic" in answer.headers["WWW-Authenticate"]
    assert len(names()) == 2


def test_too_much_is_refused_and_so_is_what_is_no_json_which_is_kept(key: str) -> None:
    assert post("/v1/page", page(1, x="y" * 33_000), key).status_code == 413
    assert post("/v1/batch", {"batch": [page(n, x="y" * 30_000) for n in range(20)]}, key).status_code == 413
    for body in (b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b'{"batch": 5}', b"null"):
        assert post("/v1/batch", body, key).status_code == 400, body[:10]
    assert intake.waiting() == 6
    assert names() == []


def test_gzip_is_unpacked_and_a_bomb_is_not(key: str) -> None:
    packed = {"Content-Encoding": "gzip"}
    assert post("/v1/batch", gzip.compress(json.dumps({"batch": [page()]}).encode()), key, **packed).status_code == 200
    assert post("/v1/batch", gzip.compress(b" " * 50_000_000), key, **packed).status_code == 413
    assert post("/v1/batch", gzip.compress(b"{}")[:-5], key, **packed).status_code == 415
    assert post("/v1/batch", b"no gzip", key, **packed).status_code == 415
    assert post("/v1/batch", b"x", key, **{"Content-Encoding": "br"}).status_code == 415
    assert names() == ["page.viewed"]


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/b", "/v1/page", "/v1/t", "/api/v1/events"])
def test_a_page_of_another_origin_may_send_and_read_every_answer(path: str, key: str) -> None:
    asks = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    before = Client().options(path, headers=asks)
    assert (before.status_code, before.headers["Access-Control-Allow-Origin"]) == (204, "*")
    allowed = before.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert {"authorization", "content-type", "x-retry-count"} <= set(allowed), "what Segment’s library sends"
    assert "Access-Control-Allow-Credentials" not in before.headers
    for body, of in (({"batch": []}, key), (b"{", key), ({"batch": []}, "wk_wrong"), ({"batch": []}, None), ({"x": "y" * 600_000}, key)):
        answer = post(path, body, of, Origin="https://shop.example")
        assert answer.headers["Access-Control-Allow-Origin"] == "*", (path, answer.status_code)
    if path != "/api/v1/events":
        assert Client().get(path).status_code == 405


@pytest.mark.parametrize("path", ["/api/v1/invoices?order=1", "/api/v1/vocabulary", "/hooks/mail", "/events/"])
def test_pages_of_other_origins_are_let_in_nowhere_else(path: str, key: str) -> None:
    for answer in (Client().options(path, headers={"Origin": "https://shop.example"}), post(path, b"x", key)):
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_text_plain_is_read_as_segments_library_sends_it(alice: Member) -> None:
    of_pages = accounts.create_key("main", "pages", by=alice, kind="browser")
    sent = {**page(), "anonymousId": "a", "userId": None, "writeKey": of_pages}
    for n, headers in enumerate(({}, {"Authorization": "Basic " + base64.b64encode(f"{of_pages}:".encode()).decode()})):
        body = json.dumps({**sent, "messageId": f"p{n}"})
        answer = Client(enforce_csrf_checks=True).post("/v1/p", body, content_type="text/plain", headers=headers)
        assert answer.json() == {"success": True}
    assert sql.value("select count(*) from identity_waiting") == 2


def test_when_too_much_waits_the_sender_is_told_when_to_come_back(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions.commits, "_events", actions.MOST_WAITING)
    for path, body in (("/v1/batch", {"batch": [page()]}), ("/api/v1/events", {"name": "page.viewed"})):
        answer = post(path, body, key)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")


def test_our_own_events_are_taken_one_or_many(key: str) -> None:
    event = {"name": "page.viewed", "id": "1", "customer": {"external_id": "1"}, "properties": {"path": "/"}}
    assert post("/api/v1/events", event, key).json() == {"accepted": 1, "repeated": 0, "refused": []}
    answer = post("/api/v1/events", {"events": [event, {**event, "id": "2"}, {**event, "id": "3", "properties": {"path": 5}}]}, key)
    assert answer.status_code == 200
    assert answer.json() == {
        "accepted": 1, "repeated": 1, "refused": [{"path": "events[2].properties.path", "fault": "is 5", "expected": "text"}],
    }  # fmt: skip


def test_our_own_refusals_are_problems(key: str) -> None:
    refused = post("/api/v1/events", {"name": "page.vewed", "customer": {"external_id": "1"}}, key)
    assert refused.status_code == 422
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["complaints"][0]["path"] == "name"
    assert "page.viewed" in refused.json()["complaints"][0]["expected"]
    assert post("/api/v1/events", b"{", key).status_code == 400
    stranger = post("/api/v1/events", {"name": "page.viewed"}, None)
    assert (stranger.status_code, stranger.headers["Content-Type"]) == (401, "application/problem+json")


def test_the_description_names_every_body_and_answer(key: str) -> None:
    described = Client().get("/api/v1/openapi.json").json()
    assert {"EventIn", "EventsIn", "CustomerRef", "Answer", "Problem", "Fault"} <= set(described["components"]["schemas"])
    assert "429" in described["paths"]["/api/v1/events"]["post"]["responses"]
    known = Client().get("/api/v1/vocabulary", headers={"Authorization": f"Bearer {key}"}).json()
    assert known["order.placed"]["required"] == ["currency", "total_minor"]


@pytest.mark.parametrize("path", ["/v1/batch", "/api/v1/events"])
def test_each_key_has_its_own_measure_and_is_told_how_much_is_left(
    path: str, key: str, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTERWORD_KEY_RATE", "1")
    monkeypatch.setenv("AFTERWORD_KEY_BURST", "3")
    other = accounts.create_key("main", "other", by=alice)

    def told(n: int, of: str) -> Any:
        viewed = {"name": "page.viewed", "id": f"{of}{n}", "customer": {"external_id": "1"}, "properties": {"url": "https://s.example/"}}
        return post(path, {"batch": [page(n), page(n + 1)]} if "v1/b" in path else {"events": [viewed, viewed]}, of)

    first = told(1, key)
    assert (first.status_code, first.headers["RateLimit-Limit"], first.headers["RateLimit-Remaining"]) == (200, "3", "1")
    second = told(3, key)
    assert second.status_code == 429
    assert int(second.headers["Retry-After"]) >= 1
    assert told(1, other).status_code == 200
    monkeypatch.setenv("AFTERWORD_KEY_BURST", "30")
    pages = told(1, accounts.create_key("main", "pages", by=alice, kind="browser"))
    assert pages.headers["RateLimit-Limit"] == "3", "a tenth, because everybody can read it"
    monkeypatch.setenv("AFTERWORD_KEY_RATE", "0")
    free = told(5, key)
    assert free.status_code == 200
    assert "RateLimit-Limit" not in free.headers


def test_the_examples_of_the_page_about_keys_are_taken_as_they_stand(alice: Member) -> None:
    text = (Path(__file__).resolve().parents[5] / "docs" / "how-to" / "keys.md").read_text(encoding="utf-8")
    keys = {"wk": accounts.create_key("main", "shop", by=alice), "bk": accounts.create_key("main", "pages", by=alice, kind="browser")}
    calls = re.findall(r"curl -u (..)_YOURKEY: https://afterword\.example(\S+) .*?-d '(.+?)'\n", text, re.DOTALL)
    assert [post(path, body.encode(), keys[kind]).status_code for kind, path, body in calls] == [200, 200]
    assert sorted(names()) == ["customer.updated", "product.viewed"]


def test_a_mail_is_taken_in_by_whoever_has_a_key_and_a_stranger_is_refused(key: str) -> None:
    raw = b"From: nobody@else.example\r\nSubject: Hello\r\n\r\nWho are you?\r\n"
    assert post("/hooks/mail", raw, None).status_code == 401
    assert post("/hooks/mail?to=shop@lut.example", raw, key).json() == {"understood_as": "unknown", "events": 0}
    assert intake.waiting() == 1
    assert Client().get("/hooks/mail").status_code == 405
    assert post("/hooks/mail", b"x" * 20_000_001, key).status_code == 413


def test_a_key_that_came_in_a_body_is_not_kept_with_it(key: str) -> None:
    answer = post("/v1/track", f'{{"writeKey": "{key}", "event": 7, '.encode(), key)
    assert answer.status_code == 400
    body = bytes(sql.value("select body from event_quarantine order by id desc limit 1"))
    assert key.encode() not in body
    assert b'"event": 7' in body
