"""What an answer to a webhook means: 2xx is done, 410 ends it, 5xx and a few others are tried again."""

from __future__ import annotations

from collections.abc import Mapping

from ..types import Meaning

LATER = (408, 425, 500, 502, 503, 504)


def understood(status: int, headers: Mapping[str, str], body: bytes) -> Meaning:
    """The meaning of a status."""
    said = f"HTTP {status} {body[:200].decode('utf-8', 'replace')}".strip()
    if 200 <= status < 300:
        return Meaning("accepted", "accepted")
    if status == 429:
        wait = headers.get("retry-after", "")
        return Meaning("deferred", "busy", said, wait=float(wait) if wait.isdigit() else 30.0)
    if status in (401, 403, 404, 410):
        return Meaning("deferred", "no_server", said, whole=True)
    return Meaning("deferred", "busy", said) if status in LATER else Meaning("refused", "refused", said)
