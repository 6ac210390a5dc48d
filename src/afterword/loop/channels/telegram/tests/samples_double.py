"""The Bot API as its documentation has it: the token in the path, 1 to 4096 characters, its descriptions, retry_after."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from afterword.loop.channels.tests.samples_double import Answer, Asked, Double, serving
from afterword.loop.channels.tests.samples_wire import samples, settings

SETTINGS = settings("telegram")
TOKEN = SETTINGS["token"]
KNOWN, BLOCKED, NOBODY, GONE = "5101", "5103", "5100", "5104"


def said(name: str, **more: Any) -> Answer:
    """A recorded answer."""
    return samples("telegram", "answers")[name].answer(**more)


def _answer(double: Double, asked: Asked) -> Answer:
    if asked.path != f"/bot{TOKEN}/sendMessage":
        return said("the token is wrong" if asked.path.endswith("/sendMessage") else "no such method")
    given = asked.json()
    chat, text = str(given.get("chat_id", "")), given.get("text", "")
    if not text.strip():
        return said("no words")
    if len(text) > 4096:
        return said("too long")
    for row in given.get("reply_markup", {}).get("inline_keyboard", []):
        if any(not button.get("text") or not button.get("url", "").startswith("https://") for button in row):
            return said("a button that is none")
    if chat == BLOCKED:
        return said("they blocked the bot")
    if chat == GONE:
        return said("they are gone")
    if chat != KNOWN:
        return said("no such chat")
    double.taken.append(given)
    taken = samples("telegram", "answers")["taken"].json["result"]
    return said("taken", result={**taken, "message_id": len(double.taken), "text": text})


def bot_api() -> AbstractContextManager[Double]:
    """A Bot API on this machine."""
    return serving(_answer)
