"""The Cloud API's words → ours, by the codes that Meta documents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..types import Meaning, Result

CODES: Mapping[int, tuple[Result, str, bool]] = {
    1: ("deferred", "unknown", False),
    2: ("deferred", "busy", False),
    100: ("refused", "bad_request", False),
    130472: ("refused", "held_by_provider", False),
    131000: ("deferred", "unknown", False),
    131008: ("refused", "bad_request", False),
    131009: ("refused", "bad_request", False),
    131016: ("deferred", "busy", False),
    131021: ("refused", "no_such_number", False),
    131026: ("refused", "not_reachable", False),
    131030: ("refused", "not_allowed_yet", False),
    131047: ("refused", "window_closed", False),
    131049: ("refused", "held_by_provider", False),
    131050: ("refused", "stopped", False),
    131051: ("refused", "bad_request", False),
    131053: ("refused", "bad_picture", False),
    132000: ("refused", "bad_template", False),
    132001: ("refused", "bad_template", False),
    132005: ("refused", "bad_template", False),
    132007: ("refused", "bad_template", False),
    132012: ("refused", "bad_template", False),
    132015: ("refused", "bad_template", False),
    132016: ("refused", "bad_template", False),
    133010: ("deferred", "no_server", False),
}
OURS = frozenset({0, 3, 10, 190, 368, 131005, 131031, 131042, 131045, 133010})
BUSY: Mapping[int, float] = {4: 60.0, 80007: 60.0, 130429: 5.0, 131048: 3600.0, 131056: 6.0, 131057: 600.0}


def understood(status: int, headers: Mapping[str, str], body: bytes) -> Meaning:
    """What an answer of the messages endpoint means."""
    said = _json(body)
    error = said.get("error")
    if 200 <= status < 300 and not isinstance(error, dict):
        sent = said.get("messages") or [{}]
        return Meaning("accepted", str(sent[0].get("message_status") or "accepted"), provider_id=str(sent[0].get("id") or ""))
    code, told = of_error(error if isinstance(error, dict) else {}, status)
    if code in BUSY or status == 429:
        wait = headers.get("retry-after", "")
        return Meaning("deferred", "busy", told, wait=float(wait) if wait.isdigit() else BUSY.get(code, 60.0))
    if code in OURS or 200 <= code < 300 or status == 401:
        return Meaning("deferred", "no_server", told, whole=True)
    if code in CODES:
        result, word, suppress = CODES[code]
        return Meaning(result, word, told, suppress)
    return Meaning("deferred" if status >= 500 else "refused", "unknown", told)


def of_error(error: Mapping[str, Any], status: int = 0) -> tuple[int, str]:
    """The code of an error, and what it says."""
    code = error.get("code")
    more = error.get("error_data")
    details = more.get("details", "") if isinstance(more, dict) else ""
    told = " ".join(str(part) for part in (code, error.get("message") or error.get("title") or "", details) if part not in (None, ""))
    return code if isinstance(code, int) else -1, told or f"HTTP {status}"


def failure(code: int) -> tuple[str, bool]:
    """Our word for why a message did not arrive, and whether its address is closed."""
    _, word, suppress = CODES.get(code, ("refused", "unknown", False))
    return word, suppress


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
