"""The bot API's words → ours. It answers 200 to everything; its `status` says what became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ..types import Meaning, Result

CODES: Mapping[int, tuple[Result, str, bool]] = {
    3: ("refused", "bad_request", False),
    4: ("refused", "bad_request", False),
    5: ("refused", "no_such_person", True),
    6: ("refused", "stopped", True),
    11: ("refused", "not_reachable", False),
    13: ("refused", "bad_request", False),
    14: ("refused", "bad_request", False),
    21: ("refused", "country_not_allowed", False),
    23: ("deferred", "no_server", False),
}
OURS = frozenset({2, 7, 8, 9, 10, 15, 22, 23, 24})
WAIT = 10.0


def understood(status: int, headers: Mapping[str, str], body: bytes) -> Meaning:
    """What an answer of send_message means."""
    try:
        said = json.loads(body)
    except ValueError:
        said = {}
    said = said if isinstance(said, dict) else {}
    code = said.get("status")
    code = code if isinstance(code, int) else -1
    told = f"{code} {said.get('status_message') or ''}".strip() if code >= 0 else f"HTTP {status}"
    if status == 200 and code == 0:
        return Meaning("accepted", "sent", provider_id=str(said.get("message_token") or ""))
    if status == 429 or code == 12:
        return Meaning("deferred", "busy", told, wait=WAIT)
    if code in OURS or status in (401, 403):
        return Meaning("deferred", "no_server", told, whole=True)
    if code in CODES:
        result, word, suppress = CODES[code]
        return Meaning(result, word, told, suppress)
    return Meaning("deferred" if status >= 500 or code == 1 else "refused", "unknown", told)
