"""Taking in, quarantine, and trying again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.events import door as events
from afterword.loop.identity import door as identity
from afterword.loop.intake import door
from afterword.loop.intake.types import NoSuchBody, Taken

T0 = datetime(2026, 5, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def take(*bodies: Any, source: str = "api") -> Taken:
    raws = [body if isinstance(body, bytes) else json.dumps(body).encode() for body in bodies]
    return door.take([door.read(source, "main", raws, T0)], received_at=T0)[0]


def page(n: int = 1) -> dict[str, Any]:
    return {"name": "page.viewed", "id": f"p{n}", "customer": {"external_id": "1"}, "properties": {"path": "/"}}


def test_the_good_part_is_kept_and_the_rest_is_put_aside_raw() -> None:
    taken = take(page(), b'{"name": ', {"name": "page.seen", "customer": {"external_id": "1"}}, page(), page(2))
    assert (taken.accepted, taken.repeated, [place for place, _ in taken.refused]) == (2, 1, [1, 2])
    assert [bytes(row["body"])[:9] for row in reversed(door.quarantined())] == [b'{"name": ', b'{"name": ']
    assert door.waiting() == 2


def test_a_body_is_tried_again_after_a_fix() -> None:
    from dataclasses import dataclass
    from typing import ClassVar

    from afterword.kernel.shapes import Event

    body = {"name": "tea.tasted", "customer": {"external_id": "1"}, "occurred_at": "2026-05-01T10:00:00Z"}
    take(body)
    (row,) = door.quarantined()
    assert door.replay([row["id"]], now=T0).still_wrong == 1

    @dataclass(frozen=True, kw_only=True)
    class TeaTasted(Event):
        """Somebody tasted tea."""

        name: ClassVar[str] = "tea.tasted"

    events.vocabulary.register([TeaTasted])
    try:
        assert door.replay([row["id"]], now=T0).understood == 1
    finally:
        events.vocabulary._by_name.pop("tea.tasted")
    assert door.waiting() == 0
    assert sql.value("select count(*) from event_inbox where name = 'tea.tasted'") == 1
    with pytest.raises(NoSuchBody):
        door.replay([row["id"]], now=T0)


def test_what_is_discarded_waits_no_more_and_erasing_drops_raw_bodies() -> None:
    take({"name": "x", "customer": {"email": "ana@example.com"}}, {"name": "y"})
    take({"name": "customer.updated", "customer": {"external_id": "7", "email": "ana@example.com", "verified": True}})
    ana = identity.customer_by("external", "main", "7")
    assert ana
    assert identity.erase(ana, T0)["quarantine"] == 1
    (row,) = door.quarantined()
    assert door.discard([row["id"]], now=T0) == 1
    assert door.waiting() == 0


def test_a_segment_batch_arrives_with_the_stores_currency() -> None:
    accounts.store("main")
    body = {"type": "track", "event": "Order Completed", "userId": "1", "messageId": "m", "properties": {"order_id": "1", "total": 10}}
    assert take(body, {**body, "messageId": "n", "event": "Coupon Applied"}, source="segment").accepted == 1
    assert sql.value("select properties ->> 'currency' from event_inbox where name = 'order.placed'") == accounts.store("main").currency


HOSTILE = [
    b"", b"\xff\xfe", b"null", b"[]", b'"text"', b"1e999", b"[" * 100_000, b'{"a":' * 50_000, b'{"name": "\\ud800"}',
    b'{"name": "page.viewed", "customer": {"external_id": "\\u0000"}}',
    b'{"name": "page.viewed", "customer": {"external_id": "1"}, "properties": {"title": "\\u0000"}}',
    b'{"name": "page.viewed", "customer": {"external_id": "1"}, "properties": {"x": 1e308}}',
    b'{"name": "page.viewed", "customer": {"external_id": "1"}, "properties": {"x": ' + b"9" * 5000 + b"}}",
    b'{"name": "page.viewed", "customer": {"external_id": "1"}, "properties": {"x": ' + b"[" * 500 + b"]" * 500 + b"}}",
    b'{"name": "page.viewed", "customer": 5}', b'{"name": "page.viewed", "customer": {"external_id": {"a": 1}}}',
    b'{"name": ["page.viewed"]}', b'{"name": "page.viewed", "occurred_at": "0001-01-01T00:00:00+23:59", "customer": {"external_id": "1"}}',
    b'{"name": "page.viewed", "occurred_at": 1e30, "customer": {"external_id": "1"}}',
    b'{"name": "page.viewed", "properties": "; drop table event", "customer": {"external_id": "1"}}',
    b'{"name": "__class__", "customer": {"external_id": "1"}}', b'{"name": "page.viewed", "nmae": 1, "customer": {"external_id": "1"}}',
]  # fmt: skip


@pytest.mark.parametrize("source", ["api", "segment"])
def test_hostile_bodies_are_refused_one_by_one_and_kept_raw(source: str) -> None:
    taken = take(*HOSTILE, source=source)
    refused = {place for place, _ in taken.refused}
    assert taken.accepted + len(refused) == len(HOSTILE)
    assert all(complaints and complaints[0].expected for _, complaints in taken.refused)
    assert taken.accepted <= 1
    assert door.waiting() == len(refused)
    events.seal(T0)
