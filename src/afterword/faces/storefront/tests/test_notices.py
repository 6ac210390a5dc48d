"""Notices in a real Chromium: asked for by a press, sealed for this browser alone, shown by its worker, and pressed to open their link."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from afterword.kit import clock, sql
from afterword.loop.channels import door as channels
from afterword.loop.channels.tests.samples_double import Double
from afterword.loop.channels.web_push.payloads import packed
from afterword.loop.channels.web_push.tests.samples_double import AUTH, POINT, SETTINGS, push_service
from afterword.loop.events import door as events
from afterword.loop.messages import door as messages

from .test_pages import address, order

__all__ = ["order"]
CHROMIUM = "/usr/bin/chromium"
playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
]
KEYS = {"p256dh": packed(POINT), "auth": packed(AUTH)}
# Chromium without a push service of Google's gives out no subscriptions: here it gives the one whose keys the test has.
SUBSCRIBES = """
PushManager.prototype.subscribe = async function (how) {
  window.asked = { visible: how.userVisibleOnly, key: Array.from(new Uint8Array(how.applicationServerKey)) };
  return %s;
};
"""
PRESS = """async () => {
  const opened = [];
  Clients.prototype.openWindow = async (url) => { opened.push(url); };
  const [shown] = await self.registration.getNotifications();
  const waits = [];
  const event = new NotificationEvent("notificationclick", { notification: shown });
  event.waitUntil = (one) => waits.push(one);
  self.dispatchEvent(event);
  await Promise.all(waits);
  return { opened, left: (await self.registration.getNotifications()).length };
}"""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Double]:
    monkeypatch.setenv("AFTERWORD_WEBHOOKS_INSIDE", "1")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with push_service(clock.real_now()) as double:
        yield double


def released(order: dict[str, UUID]) -> None:
    """A notice about this order that the guard let go."""
    now, id = clock.real_now(), uuid4()
    sql.run("insert into message_live (origin, answer, live_at, by) values ('confirm', 'does_not', now(), 'test')")
    sql.run(
        "insert into message_intent (id, origin, run, step, subject_id, customer_id, order_id, store, message, channel, category, "
        "planned_at, useful_until, state, released_at) "
        "values (%s, 'confirm', %s, 's', %s, %s, %s, 'main', 'order_confirmation', 'web_push', "
        "'transactional', %s, %s, 'released', %s)",
        [id, uuid4(), order["order"], order["customer"], order["order"], now, now + timedelta(days=9), now],
    )
    sql.run(
        "insert into message_delivery (intent_id, customer_id, store, channel, address, next_at) "
        "values (%s, %s, 'main', 'web_push', '', %s)",
        [id, order["customer"], now],
    )


def test_a_customer_asks_for_notices_gets_one_and_opens_its_link(
    order: dict[str, UUID], service: Double, live_server: Any, settings: Any
) -> None:
    settings.PUBLIC_URL = live_server.url
    channels.set_provider("push", "web_push", dict(SETTINGS), by=None, at=clock.real_now())
    given = {"endpoint": "https://push.example/send/ana", "keys": KEYS}
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"])
        context = browser.new_context()
        context.grant_permissions(["notifications"], origin=live_server.url)
        context.add_init_script(SUBSCRIBES % json.dumps(given))
        page = context.new_page()
        asked_of_page(page, live_server.url + address("preferences", order["customer"]).replace("/c/p/", "/c/w/"))
        events.seal(clock.real_now())
        kept = json.loads(channels.reached([order["customer"]])[order["customer"], "web_push"])
        assert kept == given
        here = {"endpoint": f"{service.url}/push/ana", "keys": KEYS}
        channels.link(order["customer"], "web_push", json.dumps(here), how="opt_in", at=clock.real_now(), store="main", mark="here")
        events.seal(clock.real_now())
        released(order)
        assert messages.hand_over(clock.real_now()).accepted == 1
        said = service.taken[0]
        assert said["title"]
        assert said["url"].startswith(live_server.url)
        shown = delivered(context, page, live_server.url, said)
        assert (shown["title"], shown["body"], shown["tag"]) == (said["title"], said["body"], said["tag"])
        pressed = context.service_workers[0].evaluate(PRESS)
        assert pressed == {"opened": [said["url"]], "left": 0}
        answer = page.goto(pressed["opened"][0])
        assert (answer.status, "/c/" in page.url) == (200, True)
        browser.close()


def asked_of_page(page: Any, url: str) -> None:
    """The button is there only where a worker can run; pressing it asks with our key, and says that it worked."""
    page.goto(url)
    page.locator("#push button").click()
    page.locator("#push [data-on]").wait_for(state="visible", timeout=5000)
    asked = page.evaluate("window.asked")
    assert (asked["visible"], len(asked["key"])) == (True, 65)


def delivered(context: Any, page: Any, origin: str, said: dict[str, str]) -> dict[str, str]:
    """The push service brings it to the browser, whose worker shows it."""
    line = context.new_cdp_session(page)
    found: list[str] = []
    line.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(one["registrationId"] for one in told["registrations"]))
    line.send("ServiceWorker.enable")
    for _ in range(50):
        if found:
            break
        page.wait_for_timeout(50)
    line.send("ServiceWorker.deliverPushMessage", {"origin": origin, "registrationId": found[0], "data": json.dumps(said)})
    told = "({title: n.title, body: n.body, tag: n.tag})"
    script = f"async () => (await (await navigator.serviceWorker.ready).getNotifications()).map((n) => {told})"
    for _ in range(100):
        if shown := page.evaluate(script):
            return dict(shown[0])
        page.wait_for_timeout(50)
    raise AssertionError("no notice was shown")
