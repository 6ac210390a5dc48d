"""Going live asks for what the journey's own messages need: a mail server only for mails, a provider for each other way, else nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from afterword.loop.channels import door as channels
from afterword.loop.journeys import door
from afterword.loop.messages import door as messages

NOW = datetime(2026, 5, 4, tzinfo=UTC)
TEXT = """journey: news
name: News
subject: customer
trigger:
  event: customer.created
steps:
{steps}
"""
SEND = """  - id: write_{n}
    send:
      message: sunset
      channel: {channel}
      useful_for: 1d
"""
TAG = """  - id: mark
    tag: new
"""
WEBHOOK = {"url": "https://x.example", "secret": "whsec_" + "a" * 32}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AFTERWORD_SMTP_HOST", raising=False)


def written(*ways: str, tag: bool = False) -> None:
    steps = "".join(SEND.format(n=n, channel=way) for n, way in enumerate(ways)) + (TAG if tag else "")
    door.keep_draft(TEXT.format(steps=steps), at=NOW)


def live() -> None:
    messages.go_live("news", answer="does_not", by=None, at=NOW)


def test_a_journey_that_sends_no_mail_goes_live_without_a_mail_server() -> None:
    written("webhook")
    channels.set_provider("crm", "webhook", WEBHOOK, by=None, at=NOW)
    live()
    assert messages.is_live("news")


def test_what_nobody_carries_is_named() -> None:
    written("sms", "[viber, webhook]")
    with pytest.raises(messages.NobodyCarries, match=r"Nobody carries SMS, Viber or Webhook yet.*Settings → Channels"):
        live()
    channels.set_provider("crm", "webhook", WEBHOOK, by=None, at=NOW)
    with pytest.raises(messages.NobodyCarries, match="Nobody carries SMS yet"):
        live()


def test_mails_want_a_mail_server_and_what_each_prefers_wants_anybody() -> None:
    written("email")
    with pytest.raises(messages.NoServer):
        live()
    written("auto")
    with pytest.raises(messages.NoServer):
        live()
    channels.set_provider("crm", "webhook", WEBHOOK, by=None, at=NOW)
    live()
    assert messages.is_live("news")


def test_a_journey_that_only_sets_tags_needs_nobody() -> None:
    written(tag=True)
    live()
    assert messages.is_live("news")


def test_what_is_on_counts_before_the_draft() -> None:
    door.keep_shipped(at=NOW)
    door.publish("win_back", at=NOW, until=NOW)
    with pytest.raises(messages.NoServer):
        messages.go_live("win_back", answer="does_not", by=None, at=NOW)
