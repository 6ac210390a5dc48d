"""Reading a mail: pure. Its heading for the list, its parts for the page."""

from __future__ import annotations

import re
import zlib
from binascii import a2b_base64, a2b_qp
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import parseaddr, parsedate_to_datetime
from typing import cast

_HEADERS = BytesHeaderParser()
_PACKED = b"\x78\x01"
_PLAIN = re.compile(rb"^content-type:\s*text/plain", re.IGNORECASE | re.MULTILINE)
_WAY = re.compile(rb"^content-transfer-encoding:\s*([\w-]+)", re.IGNORECASE | re.MULTILINE)
_CHARSET = re.compile(rb"charset=\"?([\w-]+)", re.IGNORECASE)
LONGEST = 4000  # characters of a mail's words that are searched


@dataclass(frozen=True)
class Heading:
    """What the list shows of a mail."""

    subject: str
    to_name: str
    message_id: str
    dated: datetime | None


@dataclass(frozen=True)
class Opened:
    """A mail as a person sees it. `headers` in their order, decoded; `source` as it travelled."""

    subject: str
    sender: str
    recipient: str
    headers: tuple[tuple[str, str], ...]
    html: str
    text: str
    source: str
    size: int


def packed(raw: bytes) -> bytes:
    """A mail made small for keeping: a quarter of its size, in less time than the database would take over it."""
    return zlib.compress(raw, 1)


def unpacked(kept: bytes) -> bytes:
    """The mail word for word."""
    return zlib.decompress(kept) if kept.startswith(_PACKED) else kept


def heading(raw: bytes) -> Heading:
    """The heading of a mail. Whatever is missing or broken is left empty; nothing is refused."""
    found = _HEADERS.parsebytes(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    dated = None
    try:
        if found["Date"]:
            dated = parsedate_to_datetime(found["Date"])
    except ValueError:
        dated = None
    if dated is not None and dated.tzinfo is None:
        dated = None
    name = parseaddr(str(found["To"] or ""))[0]
    return Heading(_said(found["Subject"]), _said(name), str(found["Message-ID"] or "").strip().strip("<>"), dated)


def said(raw: bytes) -> str:
    """The beginning of a mail's plain text, found without taking all of it apart: every mail that comes in is read so."""
    found = _PLAIN.search(raw)
    if found is None:
        return ""
    top = raw.rfind(b"\r\n\r\n", 0, found.start()) + 1
    head, _, rest = raw[top:].partition(b"\r\n\r\n") if b"\r\n\r\n" in raw[found.end() :] else (b"", b"", b"")
    body = rest[: 4 * LONGEST].partition(b"\r\n--")[0]
    way, charset = _WAY.search(head), _CHARSET.search(head)
    try:
        if way and way[1].lower() == b"base64":
            body = a2b_base64(body[: len(body) // 4 * 4])
        elif way and way[1].lower() == b"quoted-printable":
            body = a2b_qp(body)
        text = body.decode(charset[1].decode() if charset else "utf-8", "replace")
    except (LookupError, ValueError):
        return ""
    return " ".join(text.replace("\x00", "").split())[:LONGEST]


def _said(value: object) -> str:
    text = str(value or "").replace("\r\n", "").replace("\x00", "")
    try:
        return str(make_header(decode_header(text))).strip() if "=?" in text else text.strip()
    except (LookupError, ValueError):
        return text.strip()


def opened(raw: bytes) -> Opened:
    """A whole mail, taken apart."""
    mail = message_from_bytes(raw, policy=policy.default)
    headers = tuple((name, str(value)) for name, value in mail.items())
    return Opened(
        subject=_header(mail, "Subject"), sender=_header(mail, "From"), recipient=_header(mail, "To"), headers=headers,
        html=_body(mail, "html"), text=_body(mail, "plain"), source=raw.decode("utf-8", "replace"), size=len(raw),
    )  # fmt: skip


def _header(mail: EmailMessage, name: str) -> str:
    return str(mail.get(name, ""))


def _body(mail: EmailMessage, kind: str) -> str:
    part = cast("EmailMessage | None", mail.get_body((kind,)))
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    charset = part.get_content_charset() or "utf-8"
    try:
        return payload.decode(charset, "replace") if isinstance(payload, bytes) else ""
    except LookupError:
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
