"""What Twilio tells us: how far a message came (StatusCallback), and what somebody answered."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl
from uuid import UUID

from ..types import Call, Heard, Settings
from .words import failure

STATES = {"delivered": "delivered", "read": "read", "undelivered": "failed", "failed": "failed"}


def heard(call: Call, settings: Settings) -> Sequence[Heard]:
    """The one thing that a call says, if it concerns us. States on the way (queued, sending, sent) say nothing new."""
    form = dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
    sid = form.get("MessageSid") or form.get("SmsSid") or ""
    if form.get("AccountSid") != settings["account"] or not sid:
        return ()
    state = form.get("MessageStatus") or form.get("SmsStatus") or ""
    if "Body" in form and state in ("", "received"):
        # OptOutType is there where Twilio itself has understood the answer (Advanced Opt-Out).
        stopped = form.get("OptOutType") == "STOP"
        text = form["Body"]
        return (Heard("stopped" if stopped else "replied", sid, address=form.get("From", ""), text=text),)
    if state not in STATES:
        return ()
    code = int(form["ErrorCode"]) if form.get("ErrorCode", "").isdigit() else 0
    word, suppress = failure(code) if STATES[state] == "failed" else ("", False)
    said = f"{code} {form.get('ErrorMessage', '')}".strip() if code else ""
    return (
        Heard(
            STATES[state], f"{sid}:{state}", _id(call.query.get("d", "")), sid, form.get("To", ""), word=word, said=said,  # type: ignore[arg-type]
            suppress=suppress,
        ),
    )  # fmt: skip


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
