"""Viber's bot API as its documentation has it: 200 to all, a status in the body, a name of 28, text of 7000."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from afterword.loop.channels.tests.samples_double import Answer, Asked, Double, serving
from afterword.loop.channels.tests.samples_wire import samples, settings

SETTINGS = settings("viber")
TOKEN = SETTINGS["token"]
KNOWN, LEFT, NOBODY = "01234567890A=", "leftleftleft==", "nobodynobody=="


def said(name: str, **more: Any) -> Answer:
    """A recorded answer."""
    return samples("viber", "answers")[name].answer(**more)


def _answer(double: Double, asked: Asked) -> Answer:
    if asked.path != "/pa/send_message":
        return said("the address of the API is wrong")
    if asked.headers.get("x-viber-auth-token") != TOKEN:
        return said("the token is wrong")
    body = asked.json()
    missing = [name for name in ("receiver", "sender", "type", "text") if not body.get(name)]
    if missing or not body["sender"].get("name"):
        return said("something is missing")
    if len(body["sender"]["name"]) > 28 or len(body["text"]) > 7000 or len(body.get("tracking_data", "")) > 4096:
        return said("not as it should be")
    for button in body.get("keyboard", {}).get("Buttons", []):
        if body.get("min_api_version", 1) < 1 or button["ActionType"] != "open-url" or not button["ActionBody"].startswith("https://"):
            return said("not as it should be")
    if body["receiver"] == LEFT:
        return said("they left the bot")
    if body["receiver"] != KNOWN:
        return said("nobody of this id")
    double.taken.append(body)
    return said("taken", message_token=5741311803571721087 + len(double.taken))


def bot_api() -> AbstractContextManager[Double]:
    """A bot API on this machine."""
    return serving(_answer)
