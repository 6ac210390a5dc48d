"""The Bot API's words → ours. Its descriptions are the only thing that tells some errors apart."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ..types import Meaning

CLOSED = {
    "chat not found": "no_such_chat", "user is deactivated": "deactivated", "bot was blocked": "stopped", "bot was kicked": "stopped",
    "peer_id_invalid": "no_such_chat", "bot can't initiate conversation": "not_linked", "user not found": "no_such_chat",
}  # fmt: skip


def understood(status: int, headers: Mapping[str, str], body: bytes) -> Meaning:
    """What an answer of the Bot API means."""
    try:
        said = json.loads(body)
    except ValueError:
        said = {}
    said = said if isinstance(said, dict) else {}
    if said.get("ok") is True:
        result = said.get("result")
        return Meaning("accepted", "sent", provider_id=str(result.get("message_id", "")) if isinstance(result, dict) else "")
    text = str(said.get("description") or f"HTTP {status}")
    code = said.get("error_code") if isinstance(said.get("error_code"), int) else status
    if code == 429:
        more = said.get("parameters")
        wait = more.get("retry_after") if isinstance(more, dict) else None
        return Meaning("deferred", "busy", text, wait=float(wait) if isinstance(wait, int) else 5.0)
    if code in (401, 404):
        return Meaning("deferred", "no_server", text, whole=True)
    if word := next((word for words, word in CLOSED.items() if words in text.lower()), ""):
        return Meaning("refused", word, text, suppress=True)
    return Meaning("deferred" if status >= 500 else "refused", "unknown", text, suppress=code == 403)
