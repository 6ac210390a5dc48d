"""What travels with a mail beside its words: calendar files, pictures of codes. All made of what is known; nothing is fetched."""

from __future__ import annotations

import struct
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from zlib import compress, crc32
from zoneinfo import ZoneInfo

MOST_SIGNS = {"qr": 300, "code128": 40}  # that a code holds
QUIET = {"qr": 4, "code128": 10}  # modules of white around a code
MODULE = 4  # pixels a module of a code in lines: twice what is shown, so that it is crisp
BEGAN = 26_297_280  # 2020-01-01, in minutes since 1970
TALL = 160  # pixels of a code in lines


@dataclass(frozen=True)
class Enclosure:
    """A file in a mail. With `cid` it is a picture within the HTML; without, it is attached under its name."""

    name: str
    kind: str
    content: bytes
    cid: str = ""


@dataclass(frozen=True)
class Code:
    """A picture of a code, and how large it is shown: half of its pixels."""

    content: bytes
    width: int
    height: int


def fits(kind: str, value: str) -> bool:
    """Whether a value can stand in such a code."""
    printable = value.isascii() and value.isprintable() if kind == "code128" else True
    return bool(value) and printable and len(value) <= MOST_SIGNS[kind]


@lru_cache(maxsize=256)
def code_picture(kind: str, value: str) -> Code:
    """A QR code or a Code 128 as PNG, black on white with its quiet zone, at twice the size in which it is shown."""
    if kind == "qr":
        import segno  # with the first code that is drawn: few messages carry one

        made = segno.make(value, error="m", micro=False)
        modules = [[int(dark) for dark in row] for row in made.matrix_iter(scale=1, border=QUIET["qr"])]
        scale = max(2, -(-320 // len(modules)))
        rows = [_row(row, scale) for row in modules for _ in range(scale)]
        return _png(rows, len(modules[0]) * scale)
    from barcode.codex import Code128

    lines = [0] * QUIET[kind] + [int(sign) for sign in Code128(value).build()[0]] + [0] * QUIET[kind]
    return _png([_row(lines, MODULE)] * TALL, len(lines) * MODULE)


def _row(modules: list[int], scale: int) -> bytes:
    return b"\x00" + b"".join((b"\x00" if dark else b"\xff") * scale for dark in modules)


def _png(rows: list[bytes], width: int) -> Code:
    """Grey pixels as PNG (ISO/IEC 15948): each row begins with its filter, none."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, len(rows), 8, 0, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", compress(b"".join(rows), 9)) + chunk(b"IEND", b"")
    return Code(content, width // 2, len(rows) // 2)


def cid_of(kind: str, value: str) -> str:
    """The name by which the HTML of a mail calls the picture of a code."""
    return f"{kind}-{sha256(value.encode()).hexdigest()[:16]}@codes"


def pictures(codes: Iterable[tuple[str, str]]) -> tuple[Enclosure, ...]:
    """The pictures of these codes (kind, value), to travel within a mail."""
    return tuple(Enclosure(f"{kind}.png", "image/png", code_picture(kind, value).content, cid_of(kind, value)) for kind, value in codes)


def with_pictures(html: str, enclosed: Iterable[Enclosure]) -> str:
    """HTML that shows the pictures that would travel with it: for a window that has no mail around it."""
    for one in enclosed:
        if one.cid and one.cid in html:
            html = html.replace(f"cid:{one.cid}", f"data:{one.kind};base64,{b64encode(one.content).decode()}")
    return html


@dataclass(frozen=True)
class Occasion:
    """Something in a calendar. Days are whole days, both included; instants are aware, and said as the clock of `zone` shows them.

    `busy`: whoever goes there cannot be elsewhere. `cancelled`: it will not be. What is said later of the same `uid` takes its place.
    """

    uid: str
    title: str
    first: date
    last: date
    said_at: datetime
    text: str = ""
    url: str = ""
    place: str = ""
    zone: str = ""
    busy: bool = False
    cancelled: bool = False


def calendar(occasion: Occasion) -> bytes:
    """An iCalendar file (RFC 5545) with one event, METHOD:PUBLISH: nobody is invited, nothing is answered."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Afterword//Messages//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH", *_zone(occasion),
        "BEGIN:VEVENT", f"UID:{_escaped(occasion.uid)}", f"DTSTAMP:{_instant(occasion.said_at)}", *_span(occasion),
        f"SEQUENCE:{sequence(occasion.said_at)}", f"SUMMARY:{_escaped(occasion.title)}", *_more(occasion),
        f"TRANSP:{'OPAQUE' if occasion.busy and not occasion.cancelled else 'TRANSPARENT'}",
        f"STATUS:{'CANCELLED' if occasion.cancelled else 'CONFIRMED'}", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


def sequence(said_at: datetime) -> int:
    """Which saying of the same occasion this is: always more, the later it was said. Minutes since 2020."""
    return max(0, int(said_at.timestamp() // 60) - BEGAN)


def _more(occasion: Occasion) -> Iterable[str]:
    if occasion.text:
        yield f"DESCRIPTION:{_escaped(occasion.text)}"
    if occasion.place:
        yield f"LOCATION:{_escaped(occasion.place)}"
    if occasion.url and occasion.url.isprintable():  # a line break would begin a line of its own
        yield f"URL:{occasion.url}"


def _span(occasion: Occasion) -> tuple[str, str]:
    first, last = occasion.first, occasion.last
    if isinstance(first, datetime) and isinstance(last, datetime):
        return _local("DTSTART", first, occasion.zone), _local("DTEND", max(last, first), occasion.zone)
    begin, end = (one.date() if isinstance(one, datetime) else one for one in (first, last))
    return f"DTSTART;VALUE=DATE:{begin:%Y%m%d}", f"DTEND;VALUE=DATE:{max(begin, end) + timedelta(days=1):%Y%m%d}"


def _local(name: str, at: datetime, zone: str) -> str:
    if not zone or zone == "UTC":
        return f"{name}:{_instant(at)}"
    return f"{name};TZID={zone}:{at.astimezone(ZoneInfo(zone)):%Y%m%dT%H%M%S}"


def _zone(occasion: Occasion) -> Iterable[str]:
    """What the clock of the zone shows while it lasts: from each instant at which that changes, the offset that holds (RFC 5545, 3.6.5)."""
    first, last, zone = occasion.first, occasion.last, occasion.zone
    if not (isinstance(first, datetime) and isinstance(last, datetime)) or not zone or zone == "UTC":
        return
    place = ZoneInfo(zone)
    yield from ("BEGIN:VTIMEZONE", f"TZID:{zone}")
    yield from _observance("19700101T000000", first.astimezone(place), first.astimezone(place))
    day = first
    while (day := day + timedelta(hours=1)) <= last:  # an event that lasts while clocks are changed
        before, after = (day - timedelta(hours=1)).astimezone(place), day.astimezone(place)
        if before.utcoffset() != after.utcoffset():
            yield from _observance(f"{before.replace(minute=0, second=0) + timedelta(hours=1):%Y%m%dT%H%M%S}", before, after)
    yield "END:VTIMEZONE"


def _observance(since: str, before: datetime, after: datetime) -> Iterable[str]:
    kind = "DAYLIGHT" if after.dst() else "STANDARD"
    yield from (
        f"BEGIN:{kind}", f"DTSTART:{since}", f"TZOFFSETFROM:{before:%z}", f"TZOFFSETTO:{after:%z}", f"TZNAME:{after:%Z}", f"END:{kind}",
    )  # fmt: skip


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """Text as a value: no line break starts a line of its own, and no other control sign is in it."""
    flat = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    plain = "".join(sign for sign in flat if sign == "\n" or sign >= " ")
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> Iterable[str]:
    """A line in pieces of at most 75 octets, each after the first begun with a blank; no sign is cut in two."""
    piece, size = "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > 75:
            yield piece
            piece, size = " ", 1
        piece += sign
        size += width
    yield piece
