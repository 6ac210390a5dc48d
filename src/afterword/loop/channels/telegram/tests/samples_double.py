"""The Bot API as its documentation has it: the token in the path, 1 to 4096 characters, its descriptions, retry_after."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from afterword.loop.channels.tests.samples_double import Answer, Asked, Double, answered, serving

TOKEN = "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11"
KNOWN, BLOCKED, NOBODY, GONE = "5101", "5103", "5100", "5104"
SETTINGS = {"bot": "tea_bot", "token": TOKEN, "secret": "s3cret_word"}


def refused(code: int, said: str, **parameters: Any) -> Answer:
    return answered(code, {"ok": False, "error_code": code, "description": said} | ({"parameters": parameters} if parameters else {}))


def _answer(double: Double, asked: Asked) -> Answer:
    if asked.path != f"/bot{TOKEN}/sendMessage":
        return refused(401, "Unauthorized") if asked.path.endswith("/sendMessage") else refused(404, "Not Found")
    said = asked.json()
    chat, text = str(said.get("chat_id", "")), said.get("text", "")
    if not text.strip():
        return refused(400, "Bad Request: message text is empty")
    if len(text) > 4096:
        return refused(400, "Bad Request: message is too long")
    for row in said.get("reply_markup", {}).get("inline_keyboard", []):
        if any(not button.get("text") or not button.get("url", "").startswith("https://") for button in row):
            return refused(400, "Bad Request: BUTTON_URL_INVALID")
    if chat == BLOCKED:
        return refused(403, "Forbidden: bot was blocked by the user")
    if chat == GONE:
        return refused(403, "Forbidden: user is deactivated")
    if chat != KNOWN:
        return refused(400, "Bad Request: chat not found")
    double.taken.append(said)
    number = len(double.taken)
    return answered(
        200, {"ok": True, "result": {"message_id": number, "date": 1777885200, "chat": {"id": int(chat), "type": "private"}, "text": text}}
    )


def bot_api() -> AbstractContextManager[Double]:
    """A Bot API on this machine."""
    return serving(_answer)
