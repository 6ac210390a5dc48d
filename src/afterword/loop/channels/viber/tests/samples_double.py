"""Viber's bot API as its documentation has it: 200 to all, a status in the body, a name of 28, text of 7000."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from afterword.loop.channels.tests.samples_double import Answer, Asked, Double, answered, serving

TOKEN = "445da6az1s345z78-dazcczb2542zv51a-e0vc5fva17480im9"
KNOWN, LEFT, NOBODY = "01234567890A=", "leftleftleft==", "nobodynobody=="
SETTINGS = {"uri": "tea", "token": TOKEN}


def said(status: int, message: str, **more: Any) -> Answer:
    return answered(200, {"status": status, "status_message": message, "chat_hostname": "SN-CHAT-1_", **more})


def _answer(double: Double, asked: Asked) -> Answer:
    if asked.path != "/pa/send_message":
        return said(1, "invalidUrl")
    if asked.headers.get("x-viber-auth-token") != TOKEN:
        return said(2, "invalidAuthToken")
    body = asked.json()
    missing = [name for name in ("receiver", "sender", "type", "text") if not body.get(name)]
    if missing or not body["sender"].get("name"):
        return said(4, f"missingData: {missing}")
    if len(body["sender"]["name"]) > 28 or len(body["text"]) > 7000 or len(body.get("tracking_data", "")) > 4096:
        return said(3, "badData")
    for button in body.get("keyboard", {}).get("Buttons", []):
        if body.get("min_api_version", 1) < 1 or button["ActionType"] != "open-url" or not button["ActionBody"].startswith("https://"):
            return said(3, "badData: keyboard is not valid")
    if body["receiver"] == LEFT:
        return said(6, "receiverNotSubscribed")
    if body["receiver"] != KNOWN:
        return said(5, "receiverNotRegistered")
    double.taken.append(body)
    return said(0, "ok", message_token=5741311803571721087 + len(double.taken))


def bot_api() -> AbstractContextManager[Double]:
    """A bot API on this machine."""
    return serving(_answer)
