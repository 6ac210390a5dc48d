"""What travels beside the words: codes that scanners read, calendars that open, and what machines are told of an order."""

from __future__ import annotations

import json
import re
import struct
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from uuid import UUID
from zlib import decompress

import pytest
from barcode.codex import Code128

from afterword.loop.messages.rules.enclosures import Occasion, calendar, cid_of, code_picture, fits, with_pictures
from afterword.loop.messages.rules.mime import Party, build
from afterword.loop.messages.rules.render import Rendered, render
from afterword.loop.messages.rules.tests.test_render import BRAND, ORDER, RICH, links
from afterword.loop.messages.rules.wording import of_document
from afterword.loop.messages.rules.written import render_wording

NOW = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
WHOLE = {**RICH, "order": {**ORDER, "id": "o-1"}}
# What Gmail asks of each kind: https://developers.google.com/workspace/gmail/markup/reference
REQUIRED = {
    "Order": ("merchant.name", "orderNumber", "priceCurrency", "price", "acceptedOffer.itemOffered.name", "acceptedOffer.price",
              "acceptedOffer.priceCurrency", "acceptedOffer.eligibleQuantity.value"),
    "ParcelDelivery": ("carrier.name", "itemShipped.name", "partOfOrder.orderNumber", "partOfOrder.merchant.name"),
    "EmailMessage": ("potentialAction.target", "potentialAction.name"),
}  # fmt: skip


def rows(png: bytes) -> list[bytes]:
    """The pixels of a grey PNG, row by row."""
    width, height = struct.unpack(">II", png[16:24])
    at = png.index(b"IDAT")
    raw = decompress(png[at + 4 : at + 4 + struct.unpack(">I", png[at - 4 : at])[0]])
    return [raw[n * (width + 1) + 1 : (n + 1) * (width + 1)] for n in range(height)]


def said(html: str) -> dict[str, object]:
    """The markup of a mail; nothing where there is none."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return json.loads(found.group(1)) if found else {}


def values(made: object, path: str) -> list[object]:
    """What stands at a path, in each of several."""
    found = [made]
    for name in path.split("."):
        found = [inner.get(name) for one in found for inner in (one if isinstance(one, list) else [one]) if isinstance(inner, dict)]
    return found


def test_a_code_of_lines_is_black_on_white_with_a_quiet_zone_and_twice_as_large_as_shown() -> None:
    made = code_picture("code128", "24971")
    line = rows(made.content)[0]
    modules = Code128("24971").build()[0]
    assert line[:40] == b"\xff" * 40 == line[-40:]
    assert "".join("1" if line[40 + n * 4] == 0 else "0" for n in range(len(modules))) == modules
    assert made.width * 2 == len(line)
    square = code_picture("qr", "https://shop.example/r/24971")
    assert square.width == square.height >= 160
    assert set(rows(square.content)[0]) == {255}


def test_a_code_travels_within_the_mail_with_its_value_in_words() -> None:
    body = "<mj-section><mj-column><mj-text>{{ order.number | qr }}{{ order.number | code128 }}</mj-text></mj-column></mj-section>"
    variants = {"en": {"subject": "Your return", "preheader": "x", "body": body}}
    wording = of_document({"key": "back", "category": "transactional", "variants": variants})
    made = render_wording(wording, "en", WHOLE, BRAND, links())
    assert [one.cid for one in made.enclosed] == [cid_of("qr", "#24971"), cid_of("code128", "#24971")]
    assert made.text.count("#24971") == 2
    mail = build(made, id=UUID(int=1), at=NOW, sender=Party("shop@lut.example"), to=Party("ana@example.com"))
    read = message_from_bytes(mail.raw, policy=policy.default)
    assert read.get_content_type() == "multipart/related"
    assert not read.defects
    pictures = {part["Content-ID"]: part.get_content() for part in read.walk() if part.get_content_type() == "image/png"}
    assert all(f"<{one.cid}>" in pictures and pictures[f"<{one.cid}>"] == one.content for one in made.enclosed)
    html = read.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert f'src="cid:{cid_of("qr", "#24971")}"' in html
    assert "cid:" not in with_pictures(made.html, made.enclosed)


@pytest.mark.parametrize(
    ("kind", "value", "there"), [("qr", "", False), ("code128", "ț", False), ("code128", "x" * 41, False), ("qr", "ț", True)]
)
def test_what_no_code_can_hold_stays_words(kind: str, value: str, there: bool) -> None:
    assert fits(kind, value) is there


def test_a_calendar_file_keeps_to_its_standard() -> None:
    text = calendar(
        Occasion(
            "o-1@afterword",
            "Паркунок; у дорозі, " * 8 + "\r\nBEGIN:VEVENT",
            date(2026, 11, 18),
            date(2026, 11, 19),
            NOW,
            url="https://x.example",
        )
    )
    lines = text.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in text.replace(b"\r\n", b"")
    whole = text.decode().replace("\r\n ", "")
    assert whole.count("\r\nBEGIN:VEVENT\r\n") == 1
    for line in (
        "METHOD:PUBLISH",
        "DTSTART;VALUE=DATE:20261118",
        "DTEND;VALUE=DATE:20261120",
        "DTSTAMP:20261116T150000Z",
        "UID:o-1@afterword",
    ):
        assert f"\r\n{line}\r\n" in whole
    timed = calendar(Occasion("a", "b", NOW, NOW.replace(hour=17), NOW)).decode()
    assert "DTSTART:20261116T150000Z\r\nDTEND:20261116T170000Z" in timed


def test_promised_days_travel_as_a_calendar_file_where_they_are_known() -> None:
    made = render("shipping_notice", "ro", WHOLE, BRAND, links())
    (file,) = made.enclosed
    mail = build(made, id=UUID(int=1), at=NOW, sender=Party("shop@lut.example"), to=Party("ana@example.com"))
    read = message_from_bytes(mail.raw, policy=policy.default)
    assert read.get_content_type() == "multipart/mixed"
    (attached,) = read.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type(), attached.get_param("method")) == (
        "delivery.ics",
        "text/calendar",
        "PUBLISH",
    )
    assert attached.get_payload(decode=True) == file.content
    assert render("shipping_notice", "ro", {"now": NOW}, BRAND, links()).enclosed == ()
    assert render("csat", "ro", WHOLE, BRAND, links()).enclosed == ()


@pytest.mark.parametrize(
    ("key", "kind"),
    [("order_confirmation", "Order"), ("refund_done", "Order"), ("shipping_notice", "ParcelDelivery"), ("review_request", "EmailMessage")],
)
def test_machines_are_told_what_gmail_asks_for(key: str, kind: str) -> None:
    found = said(render(key, "en", WHOLE, BRAND, links()).html)
    assert (found["@context"], found["@type"]) == ("http://schema.org", kind)
    for path in REQUIRED[kind]:
        there = values(found, path)
        assert there
        assert all(one not in (None, "") for one in there), path


def test_machines_are_told_nothing_that_is_not_known() -> None:
    assert said(render("order_confirmation", "en", {"now": NOW}, BRAND, links()).html) == {}
    assert said(render("win_back", "en", WHOLE, BRAND, links()).html) == {}
    odd = {**WHOLE, "order": {**ORDER, "id": "1", "lines": [{"title": "</script><b>&", "quantity": 1, "total_minor": 5}]}}
    html = render("order_confirmation", "en", odd, BRAND, links()).html
    assert values(said(html), "acceptedOffer.itemOffered.name") == ["</script><b>&"]


def test_a_mail_without_files_is_as_it_was() -> None:
    mail = build(Rendered("s", "p", "<p>x</p>", "x"), id=UUID(int=1), at=NOW, sender=Party("a@b.example"), to=Party("c@d.example"))
    assert message_from_bytes(mail.raw, policy=policy.default).get_content_type() == "multipart/alternative"
