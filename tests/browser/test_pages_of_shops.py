"""A shop's page, of another origin than ours, tells what its visitor does: in Chromium, as Segment's library sends it."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from afterword.kit import sql, testing
from afterword.loop.accounts import door as accounts
from afterword.loop.intake import door as intake

from .test_console import ARGS, CHROMIUM

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
]
# Its headers, as version 1.84 of @segment/analytics-next writes them; the second time it says how often it has tried.
TELL = """
async ([address, key, body, tried]) => {
  const headers = {"Content-Type": "text/plain", "Authorization": "Basic " + btoa(key + ":"), ...(tried ? {"X-Retry-Count": "1"} : {})};
  try {
    const said = await fetch(address, {method: "post", headers, keepalive: true, body: JSON.stringify({...body, writeKey: key})});
    return [said.status, await said.json()];
  } catch (error) { return [0, String(error)]; }
}
"""
VIEWED = {"type": "page", "anonymousId": "f8ebb1df", "userId": None, "properties": {"url": "https://shop.example/tea"}}


class Shop(BaseHTTPRequestHandler):
    """A shop of one page."""

    def do_GET(self) -> None:  # noqa: N802
        """The page."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Tea</title>")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def shop() -> Iterator[str]:
    """The address of the shop."""
    serving = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    Thread(target=serving.serve_forever, daemon=True).start()
    yield f"http://localhost:{serving.server_port}"
    serving.shutdown()
    serving.server_close()


def test_a_page_tells_what_its_visitor_does_and_reads_what_was_refused(
    monkeypatch: pytest.MonkeyPatch, live_server: Any, shop: str
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    ours = accounts.create_key("main", "ours", by=None, kind="browser", origins=(shop,))
    others = accounts.create_key("main", "others", by=None, kind="browser", origins=("https://shop.example",))
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        page = browser.new_page()
        page.goto(shop)

        def tell(path: str, key: str, body: Any, tried: bool = False) -> Any:
            return page.evaluate(TELL, [f"{live_server.url}{path}", key, body, tried])

        assert tell("/v1/p", ours, VIEWED) == [200, {"success": True}]
        assert tell("/v1/p", ours, {**VIEWED, "messageId": "2"}, tried=True) == [200, {"success": True}]
        batch = {"batch": [VIEWED, {"type": "identify", "userId": "c-1", "anonymousId": "f8ebb1df"}]}
        status, said = tell("/v1/b", ours, batch)
        assert (status, [one["path"] for one in said["refused"]]) == (200, ["batch[1].type"])
        native = {"name": "cart.updated", "customer": {"anonymous_id": "f8ebb1df"}, "properties": {"cart": "k"}}
        assert tell("/api/v1/events", ours, {"events": [native]})[1]["accepted"] == 1
        assert tell("/v1/p", others, VIEWED)[0] == 403
        assert tell("/v1/p", "bk_wrong", VIEWED)[0] == 401
        assert tell("/api/v1/invoices?order=1", ours, {})[0] == 0, "no page is let in where papers are taken"
        browser.close()
    assert sql.value("select count(*) from identity_waiting") == 3, "told twice without an id of its own, a visit is one"
    assert intake.waiting() == 1
    testing.let_go()
