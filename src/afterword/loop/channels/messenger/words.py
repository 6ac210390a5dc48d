"""The Send API's words → ours, by the codes and subcodes that Meta documents."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ..types import Meaning
from ..whatsapp.words import of_error

CLOSED = {2018001: "no_such_person", 2018108: "not_reachable", 1545041: "not_reachable"}
BUSY: Mapping[int, float] = {4: 60.0, 32: 60.0, 613: 60.0, 80006: 60.0}
OURS = frozenset({3, 10, 190, 200, 230, 368})


def understood(status: int, headers: Mapping[str, str], body: bytes) -> Meaning:
    """What an answer of the Send API means."""
    try:
        said = json.loads(body)
    except ValueError:
        said = {}
    error = said.get("error") if isinstance(said, dict) else None
    if 200 <= status < 300 and not isinstance(error, dict):
        return Meaning("accepted", "sent", provider_id=str(said.get("message_id") or "") if isinstance(said, dict) else "")
    error = error if isinstance(error, dict) else {}
    code, told = of_error(error, status)
    subcode = error.get("error_subcode")
    if subcode == 2018278:
        return Meaning("refused", "window_closed", told)
    if subcode in CLOSED:
        return Meaning("refused", CLOSED[subcode], told, suppress=subcode == 2018001)
    if code == 551:
        return Meaning("refused", "not_reachable", told)
    if code in BUSY or status == 429:
        return Meaning("deferred", "busy", told, wait=BUSY.get(code, 60.0))
    if code in OURS or status == 401:
        return Meaning("deferred", "no_server", told, whole=True)
    return Meaning("deferred" if status >= 500 or code in (1, 2, 1200) else "refused", "unknown", told)
