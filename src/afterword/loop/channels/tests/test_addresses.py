"""Addresses have a past: linked, unlinked, moved, merged, forgotten; and providers keep their secrets closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from afterword.kit import sql
from afterword.loop.channels import door as channels
from afterword.loop.channels.actions.addresses import forget
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db
TWILIO = {"account": "AC1", "token": "tok", "sender": "+40312345678"}


def person(name: str) -> UUID:
    identity.record([Told("page.viewed", NOW, "test", name, who=Who(external_id=name))], received_at=NOW)
    found = identity.customer_by("external", "main", name)
    assert found
    return found


def after(**time: int) -> datetime:
    return NOW + timedelta(**time)


def test_the_newest_address_counts_until_it_is_taken_back() -> None:
    ana = person("ana")
    channels.link(ana, "telegram", "51", how="link", at=after(hours=1))
    channels.link(ana, "telegram", "52", how="link", at=after(hours=2))
    events.seal(after(hours=3))
    assert channels.reached([ana]) == {(ana, "telegram"): "52"}
    channels.unlink(ana, "telegram", "52", reason="stopped", at=after(hours=4))
    events.seal(after(hours=5))
    assert channels.reached([ana]) == {(ana, "telegram"): "51"}
    channels.unlink(ana, "telegram", reason="asked", at=after(hours=6))
    events.seal(after(hours=7))
    assert channels.reached([ana]) == {}
    assert sql.value("select count(*) from channel_address where known_to < '9999-01-01'") == 2


def test_a_chat_that_somebody_else_comes_by_moves() -> None:
    ana, bogdan = person("ana"), person("bogdan")
    channels.link(ana, "telegram", "51", how="link", at=after(hours=1))
    events.seal(after(hours=2))
    channels.link(bogdan, "telegram", "51", how="link", at=after(hours=3))
    events.seal(after(hours=4))
    assert channels.holder("telegram", "51") == bogdan
    assert channels.reached([ana, bogdan]) == {(bogdan, "telegram"): "51"}


def test_addresses_are_told_apart_from_the_log_and_forgotten() -> None:
    ana = person("ana")
    channels.link(ana, "telegram", "51", how="link", at=after(hours=1))
    events.seal(after(hours=2))
    assert sql.value("select properties::text from event where name = 'channel.linked'").find("51") < 0
    assert forget([ana]) == 1
    assert channels.reached([ana]) == {}


def test_a_provider_keeps_its_secrets_closed_and_carries_for_its_store() -> None:
    channels.set_provider("sms", "sms_twilio", TWILIO, by=None, at=NOW)
    channels.set_provider("sms_ro", "sms_twilio", {**TWILIO, "sender": "+40700000000"}, by=None, at=NOW, store="ro")
    assert b"tok" not in bytes(sql.value("select secrets from channel_provider where key = 'sms'"))
    known = channels.ways()
    ours, theirs = channels.way_of(known, "sms", "main"), channels.way_of(known, "sms", "ro")
    assert ours is not None
    assert theirs is not None
    assert (ours.key, theirs.key, ours.settings["token"]) == ("sms", "sms_ro", "tok")
    assert ours.settings["hook"].endswith(sql.value("select hook from channel_provider where key = 'sms'"))
    channels.set_provider("sms", "sms_twilio", {**TWILIO, "token": ""}, by=None, at=NOW)
    again = channels.way_of(channels.ways(), "sms", "main")
    assert again is not None
    assert again.settings["token"] == "tok"
    channels.close_provider("sms", by=None, at=NOW)
    assert channels.way_of(channels.ways(), "sms", "main") is None
    with pytest.raises(channels.BadSetting, match="Account SID"):
        channels.set_provider("xy", "sms_twilio", {"token": "t"}, by=None, at=NOW)
