"""Lint of messages knows which journeys send them, and whether with an order."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from afterword.loop.journeys import door
from afterword.loop.journeys.queries.uses import uses

NOW = datetime(2026, 5, 4, tzinfo=UTC)
TEXT = """journey: news
name: News
subject: customer
trigger:
  event: {event}
steps:
  - id: write
    send:
      message: {message}
      useful_for: 1d
"""
pytestmark = pytest.mark.django_db


def of(message: str) -> set[tuple[str, bool]]:
    return {(use.sender, use.of_order) for use in uses() if use.message == message}


def test_runs_about_an_order_or_begun_by_one_have_it() -> None:
    door.keep_shipped(at=NOW)
    assert of("reorder_reminder") == {("Time for more", True)}
    assert of("win_back") == {("We miss you", True)}, "a delivery begins it, and that is of an order"
    assert not any(use.to_many for use in uses())
    door.publish("win_back", at=NOW, until=NOW)
    assert of("win_back") == {("We miss you", True)}


def test_a_draft_that_begins_with_a_customer_has_none() -> None:
    door.keep_draft(TEXT.format(event="customer.created", message="sunset"), at=NOW)
    assert of("sunset") == {("News", False)}
