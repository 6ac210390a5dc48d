"""The Send API as its documentation has it: Bearer, the window, tags, 2000 characters, 640 beside a button, codes and subcodes."""

from __future__ import annotations

from contextlib import AbstractContextManager

from afterword.loop.channels.tests.samples_double import Answer, Asked, Double, serving
from afterword.loop.channels.tests.samples_wire import samples, settings

SETTINGS = {name: value for name, value in settings("messenger").items() if name != "tag"}
PAGE, TOKEN = SETTINGS["page"], SETTINGS["token"]
LATELY, SILENT, NOBODY, BLOCKED = "7001", "7047", "7100", "7551"
TAGS = {"POST_PURCHASE_UPDATE", "CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "HUMAN_AGENT"}


def said(name: str, **more: str) -> Answer:
    """A recorded answer."""
    return samples("messenger", "answers")[name].answer(**more)


def _answer(double: Double, asked: Asked) -> Answer:
    if asked.headers.get("authorization") != f"Bearer {TOKEN}":
        return said("the token is wrong")
    if asked.path != f"/v23.0/{PAGE}/messages":
        return said("not as it should be")
    given = asked.json()
    to, how = given["recipient"]["id"], given.get("messaging_type")
    if how not in ("RESPONSE", "UPDATE", "MESSAGE_TAG") or (how == "MESSAGE_TAG" and given.get("tag") not in TAGS):
        return said("not as it should be")
    if to == NOBODY:
        return said("nobody of this id")
    if to == BLOCKED:
        return said("they are not available")
    if to != LATELY and how != "MESSAGE_TAG":
        return said("24 hours are over")
    message = given["message"]
    if attachment := message.get("attachment"):
        shown = attachment["payload"]
        if shown["template_type"] != "button" or not 1 <= len(shown["text"]) <= 640 or not 1 <= len(shown["buttons"]) <= 3:
            return said("not as it should be")
        if any(len(one["title"]) > 20 or one["type"] != "web_url" for one in shown["buttons"]):
            return said("not as it should be")
    elif not 1 <= len(message.get("text", "")) <= 2000:
        return said("not as it should be")
    double.taken.append(given)
    return said("taken", recipient_id=to, message_id=f"m_{len(double.taken)}")


def send_api() -> AbstractContextManager[Double]:
    """A Send API on this machine."""
    return serving(_answer)
