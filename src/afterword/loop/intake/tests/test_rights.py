"""What a browser key may tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from afterword.loop.events.types import Told, Who
from afterword.loop.intake.rules.rights import OLDEST, SOURCE, beyond, narrowed

T0 = datetime(2026, 5, 1, 12, tzinfo=UTC)
TELLS = {"page.viewed": frozenset({"path", "title"}), "cart.updated": frozenset({"lines"})}
VIEWED = Told("page.viewed", T0, "api", "main:1", who=Who(anonymous_id="a"), properties={"path": "/"})


def test_a_visit_of_an_anonymous_visitor_may_be_told() -> None:
    assert beyond(VIEWED, T0, TELLS, {}) == []
    assert beyond(replace(VIEWED, occurred_at=T0 - OLDEST), T0, TELLS, {}) == []


@pytest.mark.parametrize(
    ("more", "path"),
    [({"name": "order.placed"}, "name"), ({"who": None}, "anonymous_id"), ({"who": Who("1")}, "anonymous_id"), ({"order": "1"}, "order"),
     ({"shipment": "1"}, "shipment"), ({"occurred_at": T0 - OLDEST - timedelta(seconds=1)}, "occurred_at"),
     ({"properties": {"lines": []}}, "properties.lines"), ({"personal": {"email": "a@b.example"}}, "properties.email")],
)  # fmt: skip
def test_nothing_else_may(more: dict[str, Any], path: str) -> None:
    (found,) = beyond(replace(VIEWED, **more), T0, TELLS, {})
    assert found.path == path
    assert found.expected


def test_complaints_name_the_place_as_the_sender_wrote_it() -> None:
    (found,) = beyond(replace(VIEWED, name="order.placed"), T0, TELLS, {"name": "event"})
    assert (found.path, "cart.updated, page.viewed" in found.expected) == ("event", True)


def test_what_is_kept_is_taken_over_part_by_part() -> None:
    told = replace(VIEWED, who=Who("1", "a@b.example", "+40712345678", "a", verified=True), order="1", shipment="2", product="tea")
    assert narrowed(told) == Told(
        "page.viewed", T0, SOURCE, "main:1", who=Who(anonymous_id="a"), product="tea", properties={"path": "/"}
    )  # fmt: skip
