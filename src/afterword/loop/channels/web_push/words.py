"""What push services answer → our words (RFC 8030, 8292)."""

from __future__ import annotations

from collections.abc import Mapping

from ..types import Meaning


def understood(status: int, headers: Mapping[str, str], body: bytes) -> Meaning:
    """The meaning of a status. 201 with a Location is how they say yes; 404 and 410 that the browser is gone."""
    said = f"HTTP {status} {body[:200].decode('utf-8', 'replace')}".strip()
    if status in (200, 201, 202):
        return Meaning("accepted", "accepted", provider_id=headers.get("location", "")[-200:])
    if status in (404, 410):
        return Meaning("refused", "gone", said, suppress=True)
    if status == 429:
        wait = headers.get("retry-after", "")
        return Meaning("deferred", "busy", said, wait=float(wait) if wait.isdigit() else 60.0)
    if status in (401, 403):
        return Meaning("refused", "not_for_us", said, suppress=True)  # subscribed under another key of ours
    if status == 413:
        return Meaning("refused", "too_long", said)
    return Meaning("deferred" if status >= 500 else "refused", "unknown", said)
