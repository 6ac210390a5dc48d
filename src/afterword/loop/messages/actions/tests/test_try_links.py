"""The links of messages are tried by a job: what does not answer is remembered, what is inside our network is not called."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from afterword.loop.messages.actions import write
from afterword.loop.messages.actions.try_links import answered, try_links
from afterword.loop.messages.queries import trying
from afterword.loop.messages.queries.wordings import draft
from afterword.loop.messages.rules.wording import document

AT = datetime(2026, 5, 4, 9, tzinfo=UTC)


class Site(BaseHTTPRequestHandler):
    """Knows `/there`, does not know HEAD at `/get`, and nothing else."""

    asked: list[str] = []

    def do_HEAD(self) -> None:
        self.asked.append(self.path)
        self.send_response({"/there": 200, "/get": 405}.get(self.path, 404))
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/get" else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_what_answers_well_is_well_and_what_does_not_is_named(site: str) -> None:
    assert [answered(f"{site}/{name}", inside=True) for name in ("there", "get", "gone")] == ["", "", "404"]
    assert "inside our own network" in answered(f"{site}/there")


@pytest.mark.django_db
def test_links_of_drafts_are_tried_once_a_day_and_lint_knows_what_they_said(site: str) -> None:
    begun = write.begin_message("hello", "Hello", "service", "en", at=AT)
    body = f'<mj-section><mj-column><mj-text><a href="{site}/gone">x</a> <a href="{site}/there">y</a></mj-text></mj-column></mj-section>'
    given = document(begun)
    write.save_message({**given, "variants": {"en": {"subject": "Your coffee", "body": body}}}, base=begun.mark, at=AT)
    assert try_links(AT, inside=True) == 2
    assert try_links(AT + timedelta(hours=1), inside=True) == 0
    findings = trying.found(draft("hello").wording, AT)
    assert [one.said for one in findings if "answers" in one.said] == [f"{site}/gone answers 404"]
    assert try_links(AT + timedelta(days=2), inside=True) == 2
