"""What mail providers say, in anymail's words → ours."""

from __future__ import annotations

from collections.abc import Mapping

from ..types import Meaning

# anymail's reject reason → (our word, whether the address is closed)
REASONS: Mapping[str, tuple[str, bool]] = {
    "invalid": ("no_such_mailbox", True), "bounced": ("no_such_mailbox", True),
    "timed_out": ("timeout", False), "blocked": ("blocked", False),
    "spam": ("spam", True), "unsubscribed": ("stopped", True), "other": ("unknown", False),
}  # fmt: skip


def understood(status: int, headers: Mapping[str, str], body: bytes) -> Meaning:
    """What a status means; 0 where nothing was answered."""
    said = f"HTTP {status} {body[:300].decode('utf-8', 'replace')}".strip()
    if 200 <= status < 300:
        return Meaning("accepted", "accepted")
    if status == 429:
        wait = headers.get("retry-after", "")
        return Meaning("deferred", "busy", said, wait=float(wait) if wait.isdigit() else 30.0)
    if status in (401, 403):
        return Meaning("deferred", "no_server", said, whole=True)
    return Meaning("deferred" if status >= 500 or status == 0 else "refused", "refused", said)
