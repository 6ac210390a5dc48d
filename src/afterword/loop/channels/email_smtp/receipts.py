"""What comes back as mail: delivery reports (RFC 3464) and complaints (ARF, RFC 5965). Pure: bytes in, values out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from hashlib import sha256
from html import unescape
from typing import Literal, cast
from uuid import UUID

from .words import understood

_OURS = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@[^>\s]+>", re.IGNORECASE)


_TAGS, _UNSEEN = re.compile(r"<[^>]{0,2000}>"), re.compile(r"(?is)<(style|script|head)\b.*?</\1>")
_BREAKING = re.compile(r"(?i)<(br|/p|/div|/li|/tr)\b[^>]{0,200}>")
# How mail programs begin what they quote: “On … wrote:”, in the languages of the house, and Outlook's rule.
_QUOTED = re.compile(
    r"^(-{2,}\s*(Original|Forwarded) Message|_{10,}|On .{5,200} wrote:|Pe .{5,200} a scris:|"
    r".{5,200} (пише|написав|написала|написав\(ла\)):|.{5,200}님이 작성:|"
    r"เมื่อ .{5,200} เขียนว่า:|Em .{5,200} escreveu:|From: .{3,200}@)",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"(?i)^(automatic reply|auto(matic)?[- ]?reply|out of (the )?office|autoreply|răspuns automat|автовідповідь|자동 ?회신|"
    r"ตอบกลับอัตโนมัติ|resposta automática)\b"
)
MOST_TEXT = 100_000


@dataclass(frozen=True)
class Receipt:
    """A bounce, a delay or a complaint about one message. `message_id` is None where the report does not say which."""

    kind: Literal["bounced", "delayed", "delivered", "complained"]
    message_id: UUID | None
    recipient: str
    word: str
    said: str
    suppress: bool


@dataclass(frozen=True)
class Answer:
    """What a person, or a machine in their place, wrote back.

    `answers`: our messages it may answer, the nearest first. `text`: what is new in it, without what it quotes and its signature.
    `automatic`: an out-of-office note or another machine's word, by its headers (RFC 3834 and what came before it).
    """

    sender: str
    subject: str
    text: str
    mark: str
    automatic: bool
    answers: tuple[UUID, ...] = ()


def answer(raw: bytes) -> Answer:
    """A mail that is no report, as an answer."""
    mail = message_from_bytes(raw, policy=policy.default)
    told = " ".join(str(mail.get(name, "")) for name in ("In-Reply-To", "References"))
    nearest = list(dict.fromkeys(UUID(found) for found in reversed(_OURS.findall(told))))
    return Answer(
        sender=_plain(parseaddr(str(mail.get("From", "")))[1]),
        subject=_plain(str(mail.get("Subject", ""))),
        text=_new(_words(mail)),
        mark=str(mail.get("Message-ID", "")).strip() or sha256(raw).hexdigest(),
        automatic=_automatic(mail),
        answers=tuple(nearest),
    )


def _automatic(mail: EmailMessage) -> bool:
    said = str(mail.get("Auto-Submitted", "no")).split(";")[0].strip().lower()
    precedence = str(mail.get("Precedence", "")).strip().lower()
    return (
        (said not in ("", "no"))
        or any(mail.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Response-From"))
        or precedence in ("auto_reply", "auto-reply", "bulk", "junk", "list")
        or str(mail.get("X-POST-MessageClass", "")).startswith("9; Autoresponder")
        or bool(_AWAY.match(str(mail.get("Subject", "")).strip()))
    )


def _words(mail: EmailMessage) -> str:
    """The text of a mail: its plain part, else its HTML without marks. A wrong charset loses letters, not the mail."""
    part = mail.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        text = str(part.get_content())
    except (LookupError, UnicodeError, KeyError):
        payload = part.get_payload(decode=True)
        text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else str(payload)
    if part.get_content_subtype() == "html":
        text = unescape(_TAGS.sub(" ", _BREAKING.sub("\n", _UNSEEN.sub(" ", text))))
    return _plain(text)


def _plain(text: str) -> str:
    """Without the one sign that no database keeps, and not endless."""
    return text.replace("\x00", "")[:MOST_TEXT]


def _new(text: str) -> str:
    """What was written anew: up to the first quotation or signature."""
    kept = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.rstrip() == "--" or _QUOTED.match(line):
            break
        if not line.startswith(">"):
            kept.append(line.rstrip())
    new = "\n".join(kept).strip()
    return re.sub(r"\n{3,}", "\n\n", new) or text.strip()


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
    recipient = _plain(str(block.get("Final-Recipient", "") or block.get("Original-Recipient", "")).rpartition(";")[2].strip())
    status = str(block.get("Status", "")).strip()
    said = _plain(" ".join(str(block.get("Diagnostic-Code", "") or status).rpartition(";")[2].split()))
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
        recipient = _plain(str(fields.get("Original-Rcpt-To", recipient)).strip("<> "))
        said = str(fields.get("Feedback-Type", said)).strip().lower()
    if said == "not-spam":
        return []
    return [Receipt("complained", _original(mail), recipient, "complaint", said, True)]
