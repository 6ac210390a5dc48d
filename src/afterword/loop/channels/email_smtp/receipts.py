"""What comes back as mail: delivery reports (RFC 3464) and complaints (ARF, RFC 5965). Pure: bytes in, values out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Literal, cast
from uuid import UUID

from .words import understood

_OURS = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@[^>\s]+>", re.IGNORECASE)


@dataclass(frozen=True)
class Receipt:
    """A bounce, a delay or a complaint about one message. `message_id` is None where the report does not say which."""

    kind: Literal["bounced", "delayed", "delivered", "complained"]
    message_id: UUID | None
    recipient: str
    word: str
    said: str
    suppress: bool


def read(raw: bytes) -> list[Receipt]:
    """The receipts in a mail; none where it is not a report (a person's answer, an out-of-office note)."""
    mail = message_from_bytes(raw, policy=policy.default)
    kind = mail.get_param("report-type", failobj="")
    if mail.get_content_type() != "multipart/report":
        return []
    if kind == "feedback-report":
        return _complaint(mail)
    return _delivery(mail) if kind == "delivery-status" else []


def _parts(mail: EmailMessage, kind: str) -> list[EmailMessage]:
    return [part for part in mail.walk() if part.get_content_type() == kind]


def _original(mail: EmailMessage) -> UUID | None:
    """Our id, out of the message or the headers that came back with the report."""
    for part in [*_parts(mail, "message/rfc822"), *_parts(mail, "text/rfc822-headers")]:
        found = _OURS.search(part.as_string())
        if found:
            return UUID(found.group(1))
    found = _OURS.search(" ".join(str(mail.get(name, "")) for name in ("References", "In-Reply-To")))
    return UUID(found.group(1)) if found else None


def _delivery(mail: EmailMessage) -> list[Receipt]:
    message_id = _original(mail)
    receipts = []
    for status in _parts(mail, "message/delivery-status"):
        blocks = status.get_payload()
        for block in cast("list[EmailMessage]", blocks) if isinstance(blocks, list) else []:
            action = str(block.get("Action", "")).strip().lower()
            if action in {"failed", "delayed", "delivered", "relayed", "expanded"}:
                receipts.append(_one(block, action, message_id))
    return receipts


def _one(block: EmailMessage, action: str, message_id: UUID | None) -> Receipt:
    recipient = str(block.get("Final-Recipient", "") or block.get("Original-Recipient", "")).rpartition(";")[2].strip()
    status = str(block.get("Status", "")).strip()
    said = " ".join(str(block.get("Diagnostic-Code", "") or status).rpartition(";")[2].split())
    code = re.match(r"\s*([245]\d\d)\b", said)
    number = int(code.group(1)) if code else {"5": 550, "4": 450}.get(status[:1], 250)
    _, meaning = understood(number, said if status in said else f"{status} {said}")
    kinds: dict[str, Literal["bounced", "delayed", "delivered"]] = {"failed": "bounced", "delayed": "delayed"}
    kind = kinds.get(action, "delivered")
    word = meaning.word if kind != "delivered" else "accepted"
    return Receipt(kind, message_id, recipient, word, said, meaning.suppress and kind == "bounced")


def _complaint(mail: EmailMessage) -> list[Receipt]:
    recipient, said = "", "abuse"
    for part in _parts(mail, "message/feedback-report"):
        text = part.get_payload()
        fields = cast(EmailMessage, text[0]) if isinstance(text, list) and text else part
        recipient = str(fields.get("Original-Rcpt-To", recipient)).strip("<> ")
        said = str(fields.get("Feedback-Type", said)).strip().lower()
    if said == "not-spam":
        return []
    return [Receipt("complained", _original(mail), recipient, "complaint", said, True)]
