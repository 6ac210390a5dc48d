"""A rendered message as the bytes that travel: RFC 5322, 2045, 2047, 8058, written straight to bytes because it is done often.

Nothing a customer or a shop typed can start a header of its own: line breaks and control signs are taken out of every
header value. The same message gives the same bytes: boundary and Message-ID follow from its id, Date from the given moment.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from uuid import UUID

from afterword.kernel.errors import Refused

from .enclosures import Enclosure
from .render import Rendered

_BREAKS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u0085]+")
_PLAIN_PHRASE = re.compile(r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+$")
_ADDRESS = re.compile(r"^[^\s@<>\"(),:;\[\]\\]+@[^\s@<>\"(),:;\[\]\\]+$")
_HEADER_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9-]*$")
_LINE = 76
# An encoded word is at most 75 octets: `=?utf-8?b?` + `?=` leave 63, which hold 45 bytes of text.
_WORD_BYTES = 45


class NotAnAddress(Refused):
    """“{address}” is not an e-mail address."""


class BadHeader(Refused):
    """“{name}” cannot be the name of a header."""


@dataclass(frozen=True)
class Party:
    """Somebody in From, To or Reply-To."""

    address: str
    name: str = ""


@dataclass(frozen=True)
class Mail:
    """A message as it travels. `utf8` says that the receiving server must understand SMTPUTF8 (a name left of the @ is not ASCII)."""

    raw: bytes
    message_id: str
    utf8: bool


def build(rendered: Rendered, *, id: UUID, at: datetime, sender: Party, to: Party, reply_to: Party | None = None, locale: str = "") -> Mail:
    """The bytes of one message. `id` is the message's own id. Raises NotAnAddress."""
    from_address, to_address = mailbox(sender.address), mailbox(to.address)
    message_id = f"<{id}@{from_address.rpartition('@')[2]}>"
    boundary = f"=_{id.hex}"
    lines = [
        b"From: " + _party(from_address, sender.name, 6),
        b"To: " + _party(to_address, to.name, 4),
        b"Subject: " + header_text(rendered.subject, 9),
        b"Date: " + format_datetime(at).encode(),
        b"Message-ID: " + message_id.encode(),
    ]
    if reply_to is not None and reply_to.address:
        lines.append(b"Reply-To: " + _party(mailbox(reply_to.address), reply_to.name, 10))
    if locale:
        lines.append(b"Content-Language: " + header_text(locale, 18))
    lines.extend(_header(name, value) for name, value in rendered.headers.items())
    lines.append(b"MIME-Version: 1.0")
    kind, content = _alternatives(rendered, boundary)
    for name in ("related", "mixed"):
        if files := [one for one in rendered.enclosed if bool(one.cid) == (name == "related")]:
            kind, content = _with_files(kind, content, files, f"{boundary}-{name}", name)
    raw = b"\r\n".join([*lines, b"Content-Type: " + kind]) + b"\r\n" + content + b"\r\n"
    return Mail(raw, message_id, not (from_address + to_address).isascii())


def _alternatives(rendered: Rendered, boundary: str) -> tuple[bytes, bytes]:
    """The words twice, as text and as HTML: the type of the part, and what stands in it."""
    edge = b"\r\n--" + boundary.encode()
    made = b"".join((edge, _part(rendered.text, b"text/plain"), edge, _part(rendered.html, b"text/html"), edge, b"--"))
    return f'multipart/alternative; boundary="{boundary}"'.encode(), made


def _with_files(kind: bytes, content: bytes, files: Sequence[Enclosure], boundary: str, name: str) -> tuple[bytes, bytes]:
    """A part with files beside it: those that its HTML shows (`related`), or those that are attached (`mixed`)."""
    edge = b"\r\n--" + boundary.encode()
    made = [edge, b"\r\nContent-Type: ", kind, b"\r\n", content]
    for file in files:
        place = f"inline; filename={file.name}" if file.cid else f"attachment; filename={file.name}"
        heads = [f"Content-Type: {file.kind}; name={file.name}", "Content-Transfer-Encoding: base64", f"Content-Disposition: {place}"]
        heads += [f"Content-ID: <{file.cid}>"] if file.cid else []
        made += [edge, b"\r\n", "\r\n".join(heads).encode(), b"\r\n\r\n", _base64(file.content)]
    return f'multipart/{name}; boundary="{boundary}"'.encode(), b"".join([*made, edge, b"--"])


def mailbox(address: str) -> str:
    """An address made fit to travel: trimmed, its domain in ASCII (IDNA). Raises NotAnAddress."""
    trimmed = address.strip()
    if not _ADDRESS.match(trimmed) or _BREAKS.search(trimmed) or len(trimmed) > 254:
        raise NotAnAddress(address=_BREAKS.sub(" ", address)[:80])
    if trimmed.isascii():
        return trimmed
    local, _, domain = trimmed.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise NotAnAddress(address=trimmed) from error


def _header(name: str, value: str) -> bytes:
    if not _HEADER_NAME.match(name):
        raise BadHeader(name=_BREAKS.sub(" ", name)[:40])
    clean = _BREAKS.sub(" ", value)
    if clean.isascii() and clean.startswith("<"):  # an address in angle brackets is never cut or encoded
        return name.encode() + b": " + clean.encode()
    return name.encode() + b": " + header_text(clean, len(name) + 2)


def header_text(text: str, used: int) -> bytes:
    """Unstructured text for a header, folded. `used` is how much of the first line the name has taken."""
    clean = _BREAKS.sub(" ", text).strip()
    if clean.isascii() and "=?" not in clean:
        return _folded(clean, used)
    return b"\r\n ".join(_encoded_words(clean, used))


def _folded(text: str, used: int) -> bytes:
    if used + len(text) <= _LINE + 2:
        return text.encode()
    if max(map(len, text.split(" "))) > 900:  # a line may have 998 octets: a longer word is put into encoded words
        return b"\r\n ".join(_encoded_words(text, used))
    out: list[str] = []
    line = ""
    for word in text.split(" "):
        room = _LINE - (used if not out else 1)
        if line and len(line) + 1 + len(word) > room:
            out.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "\r\n ".join([*out, line]).encode()


def _encoded_words(text: str, used: int) -> list[bytes]:
    words: list[str] = []
    part: list[str] = []
    size = 0
    limit = max(12, _WORD_BYTES - used * 3 // 4)
    for sign in text:
        length = len(sign.encode())
        if size + length > limit:
            words.append("".join(part))
            part, size, limit = [], 0, _WORD_BYTES
        part.append(sign)
        size += length
    words.append("".join(part))
    return [b"=?utf-8?b?" + b64encode(word.encode()) + b"?=" for word in words]


def _party(address: str, name: str, used: int) -> bytes:
    clean = _BREAKS.sub(" ", name).strip()
    where = b"<" + address.encode() + b">"
    if not clean:
        return address.encode()
    if not clean.isascii() or "=?" in clean or len(clean) > 200:
        said = b"\r\n ".join(_encoded_words(clean, used))
    elif _PLAIN_PHRASE.match(clean):
        said = _folded(clean, used)
    else:
        said = b'"' + clean.replace("\\", "\\\\").replace('"', '\\"').encode() + b'"'
    last = len(said) - (said.rfind(b"\n") + 1)
    return said + (b" " if last + len(where) + used <= _LINE else b"\r\n ") + where


def _part(text: str, kind: bytes) -> bytes:
    raw = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n").encode()
    strange = len(raw) - len(text)
    if strange * 6 > len(raw):
        way, body = b"base64", _base64(raw)
    else:
        way, body = b"quoted-printable", binascii.b2a_qp(raw, istext=True)
    return b"\r\nContent-Type: " + kind + b"; charset=utf-8\r\nContent-Transfer-Encoding: " + way + b"\r\n\r\n" + body


def _base64(raw: bytes) -> bytes:
    flat = binascii.b2a_base64(raw, newline=False)
    return b"\r\n".join([flat[n : n + _LINE] for n in range(0, len(flat), _LINE)])
