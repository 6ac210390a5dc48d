"""The Send API as its documentation has it: Bearer, the window, tags, 2000 characters, 640 beside a button, codes and subcodes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from afterword.loop.channels.tests.samples_double import Answer, Asked, Double, answered, serving

PAGE, TOKEN = "101000", "EAApage"
LATELY, SILENT, NOBODY, BLOCKED = "7001", "7047", "7100", "7551"
SETTINGS = {"page": PAGE, "name": "tea", "token": TOKEN, "secret": "shhh", "verify": "v"}
TAGS = {"POST_PURCHASE_UPDATE", "CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "HUMAN_AGENT"}


def refused(status: int, code: int, message: str, subcode: int | None = None) -> Answer:
    error: dict[str, Any] = {"message": f"(#{code}) {message}", "type": "OAuthException", "code": code, "fbtrace_id": "x"}
    return answered(status, {"error": error | ({"error_subcode": subcode} if subcode else {})})


def _answer(double: Double, asked: Asked) -> Answer:
    if asked.headers.get("authorization") != f"Bearer {TOKEN}":
        return refused(400, 190, "Invalid OAuth access token.")
    if asked.path != f"/v23.0/{PAGE}/messages":
        return refused(400, 100, "Unsupported post request.")
    said = asked.json()
    to, how = said["recipient"]["id"], said.get("messaging_type")
    if how not in ("RESPONSE", "UPDATE", "MESSAGE_TAG") or (how == "MESSAGE_TAG" and said.get("tag") not in TAGS):
        return refused(400, 100, "Invalid parameter")
    if to == NOBODY:
        return refused(400, 100, "No matching user found", 2018001)
    if to == BLOCKED:
        return refused(400, 551, "This person isn't available right now.", 1545041)
    if to != LATELY and how != "MESSAGE_TAG":
        return refused(400, 10, "This message is sent outside of allowed window.", 2018278)
    message = said["message"]
    if attachment := message.get("attachment"):
        shown = attachment["payload"]
        if shown["template_type"] != "button" or not 1 <= len(shown["text"]) <= 640 or not 1 <= len(shown["buttons"]) <= 3:
            return refused(400, 100, "Invalid parameter")
        if any(len(one["title"]) > 20 or one["type"] != "web_url" for one in shown["buttons"]):
            return refused(400, 100, "Invalid parameter")
    elif not 1 <= len(message.get("text", "")) <= 2000:
        return refused(400, 100, "Length of param message[text] must be less than or equal to 2000")
    double.taken.append(said)
    return answered(200, {"recipient_id": to, "message_id": f"m_{len(double.taken)}"})


def send_api() -> AbstractContextManager[Double]:
    """A Send API on this machine."""
    return serving(_answer)
