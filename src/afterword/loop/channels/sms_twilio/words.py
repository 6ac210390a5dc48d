"""Twilio's words → ours. Error codes as documented under “Error and Warning Dictionary”."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..types import Meaning, Result

# code → (what it means for the message, our word, whether the address is closed)
CODES: Mapping[int, tuple[Result, str, bool]] = {
    21211: ("refused", "no_such_number", True),
    21217: ("refused", "no_such_number", True),
    21614: ("refused", "not_a_mobile", True),
    21610: ("refused", "stopped", True),
    21408: ("refused", "country_not_allowed", False),
    21612: ("refused", "not_reachable", False),
    21602: ("refused", "no_words", False),
    21617: ("refused", "too_long", False),
    30001: ("deferred", "busy", False),
    30003: ("refused", "not_reachable", False),
    30004: ("refused", "blocked", False),
    30005: ("refused", "no_such_number", True),
    30006: ("refused", "not_a_mobile", True),
    30007: ("refused", "filtered", False),
    30008: ("refused", "unknown", False),
    30410: ("deferred", "timeout", False),
    63016: ("refused", "window_closed", False),
}
# What is wrong with us, not with the message: keys, senders, an account that is closed.
OURS = frozenset({20003, 20005, 20404, 21212, 21603, 21606, 21659, 21660, 21701, 21703, 21704, 30002, 30034})
BUSY = frozenset({14107, 20429, 30022})
WAIT = 10.0


def understood(status: int, headers: Mapping[str, str], body: bytes) -> Meaning:
    """What an answer of the Messages API means."""
    said = _json(body)
    code, text = _number(said.get("code") or said.get("error_code")), str(said.get("message") or said.get("error_message") or "")
    if 200 <= status < 300 and not code:
        return Meaning("accepted", str(said.get("status") or "queued"), provider_id=str(said.get("sid") or ""))
    told = f"{code} {text}".strip() or f"HTTP {status}"
    if status == 429 or code in BUSY:
        return Meaning("deferred", "busy", told, wait=_number(headers.get("retry-after")) or WAIT)
    if status in (401, 403) or code in OURS:
        return Meaning("deferred", "no_server", told, whole=True)
    if code in CODES:
        result, word, suppress = CODES[code]
        return Meaning(result, word, told, suppress)
    return Meaning("deferred" if status >= 500 or status == 408 else "refused", "unknown", told)


def failure(code: int) -> tuple[str, bool]:
    """Our word for why a message was not delivered, and whether its address is closed."""
    _, word, suppress = CODES.get(code, ("refused", "unknown", False))
    return word, suppress


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _number(value: object) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() else 0
