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


def repeated(service: str, status: int, body: bytes) -> bool:
    """Whether a refusal says that this key was taken before: the mail is on its way. It is written anew each time, so it may differ."""
    said = body[:2000]
    return (service == "resend" and status == 409 and b"invalid_idempotent_request" in said) or (
        service == "brevo" and status == 400 and b"duplicate_parameter" in said
    )


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
    if status == 409:  # the same key is being worked on
        return Meaning("deferred", "busy", said)
    return Meaning("deferred" if status >= 500 or status == 0 else "refused", "refused", said)
