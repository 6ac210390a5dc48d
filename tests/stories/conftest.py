"""What several stories need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from afterword.faces.mailbox.jobs import Mailbox
from afterword.loop.messages.queries import servers


@pytest.fixture
def _mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    mailbox = Mailbox("127.0.0.1", 0)
    mailbox.start()
    monkeypatch.setenv("AFTERWORD_MAILBOX_PORT", str(mailbox.port))
    servers.mailbox.cache_clear()
    yield
    mailbox.stop()
    servers.mailbox.cache_clear()
