"""A journey says who of the team gets a copy of each of its mails."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from afterword.kit import sql
from afterword.loop.events.door import vocabulary
from afterword.loop.journeys import door
from afterword.loop.journeys.actions.drafts import digest
from afterword.loop.journeys.models import Journey
from afterword.loop.journeys.queries.copies import COPIED
from afterword.loop.journeys.rules.document import read
from afterword.loop.journeys.types import BadJourney

from .test_lint import HEAD, found

NOW = datetime(2026, 5, 4, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def document(**more: Any) -> dict[str, Any]:
    return {"journey": "x", "trigger": {"event": "order.placed"}, "steps": [{"id": "a", "send": "nps"}], **more}


def test_a_copy_goes_to_an_address() -> None:
    assert read(document(copy_to=" boss@shop.example "), vocabulary).copy_to == "boss@shop.example"
    assert read(document(), vocabulary).copy_to == ""
    for wrong in ("boss", "boss@shop", 7, ["boss@shop.example"], "Boss <boss@shop.example>"):
        with pytest.raises(BadJourney, match="copy_to"):
            read(document(copy_to=wrong), vocabulary)


def test_a_published_version_is_copied_and_one_that_asks_for_none_is_not() -> None:
    door.keep_shipped(at=NOW)
    version = door.publish("win_back", at=NOW, until=NOW)
    assert sql.rows(COPIED) == []
    text = Journey.objects.get(key="win_back").draft
    door.save_draft("win_back", f"copy_to: boss@shop.example\n{text}", base=digest(text), at=NOW)
    version = door.publish("win_back", at=NOW, until=NOW)
    assert sql.rows(COPIED) == [(version.pk, "boss@shop.example")]


def test_lint_says_that_only_mails_are_copied() -> None:
    steps = "steps: [{id: a, send: {message: csat, channel: %s}}]\n"
    said = [one.said for one in found(HEAD + "copy_to: boss@shop.example\n" + steps % "sms")]
    assert any("only mails are copied" in one for one in said)
    assert not any("copied" in one.said for one in found(HEAD + "copy_to: boss@shop.example\n" + steps % "email"))
