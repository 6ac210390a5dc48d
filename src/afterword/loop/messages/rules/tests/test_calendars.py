"""Calendar files for what is to be kept: a parcel to be fetched, a service that is booked; and for what will not be any more."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from afterword.loop.messages.rules.catalogues import LOCALES
from afterword.loop.messages.rules.render import render
from afterword.loop.messages.rules.tests.test_render import BRAND, ORDER, RICH, links
from afterword.loop.messages.rules.wording import of_document
from afterword.loop.messages.rules.written import render_wording

NOW = datetime(2026, 11, 16, 15, tzinfo=UTC)
ZONE = "Europe/Bucharest"
PICKUP = {"kind": "pickup", "id": "p-1", "to": "2026-11-20T16:00:00Z", "place": "Locker 7; Strada Lungă 12", "url": "https://gls.example/p"}
SERVICE = {"kind": "service", "id": "c-m", "from": "2026-11-20T08:00:00Z", "to": "2026-11-20T09:30:00Z", "place": "Workshop"}
BOOKED = of_document({
    "key": "booked", "name": "Booked", "category": "service", "dated": True,
    "variants": {"en": {"subject": "Descaling is booked",
                        "body": "<mj-section><mj-column><mj-text>Soon</mj-text></mj-column></mj-section>"}},
})  # fmt: skip


def context(meeting: dict[str, Any], now: datetime = NOW, **order: Any) -> dict[str, Any]:
    return {**RICH, "now": now, "zone": ZONE, "order": {**ORDER, "id": "o-1", **order}, "meeting": meeting}


def files(made: Any) -> dict[str, list[str]]:
    """The lines of each calendar file, unfolded."""
    return {
        one.name: one.content.decode().replace("\r\n ", "").split("\r\n") for one in made.enclosed if one.kind.startswith("text/calendar")
    }


def lines(made: Any, name: str) -> dict[str, str]:
    return dict(line.split(":", 1) for line in files(made)[name] if ":" in line)


def number(made: Any, name: str) -> int:
    return int(lines(made, name)["SEQUENCE"])


def test_an_address_with_a_line_break_writes_no_line_of_its_own() -> None:
    broken = {**PICKUP, "url": "https://gls.example/p\r\nATTENDEE:mailto:a@b.example"}
    made = render("pickup_reminder", "en", context(broken), BRAND, links())
    assert not {"URL", "ATTENDEE"} & set(lines(made, "pickup.ics"))


def test_a_parcel_to_be_fetched_stands_in_the_calendar_until_its_last_day() -> None:
    made = render("pickup_reminder", "en", context(PICKUP), BRAND, links())
    found = lines(made, "pickup.ics")
    assert (found["DTSTART;VALUE=DATE"], found["DTEND;VALUE=DATE"]) == ("20261116", "20261121")
    assert (found["LOCATION"], found["UID"], found["METHOD"]) == ("Locker 7\\; Strada Lungă 12", "p-1-pickup@afterword", "PUBLISH")
    assert (found["STATUS"], found["TRANSP"], found["URL"]) == ("CONFIRMED", "TRANSPARENT", "https://gls.example/p")
    assert "Locker 7; Strada Lungă 12" in made.text


@pytest.mark.parametrize("meeting", [{}, {**PICKUP, "to": None}, {**PICKUP, "to": "2026-11-15T10:00:00Z"}, {**PICKUP, "to": "soon"}])
def test_without_a_day_to_come_there_is_no_file(meeting: dict[str, Any]) -> None:
    assert not files(render("pickup_reminder", "en", context(meeting), BRAND, links()))


@pytest.mark.parametrize("locale", LOCALES)
def test_where_it_lies_and_until_when_is_said_in_every_language(locale: str) -> None:
    made = render("pickup_reminder", locale, context(PICKUP), BRAND, links())
    assert "Locker 7" in made.text
    assert "20" in made.text
    assert "pickup." not in made.text


def test_a_booked_service_is_an_appointment_that_a_later_booking_replaces_and_a_cancellation_ends() -> None:
    first = render_wording(BOOKED, "en", context(SERVICE), BRAND, links())
    found = lines(first, "service.ics")
    assert (found[f"DTSTART;TZID={ZONE}"], found[f"DTEND;TZID={ZONE}"]) == ("20261120T100000", "20261120T113000")
    assert (found["TRANSP"], found["UID"]) == ("OPAQUE", "c-m-service@afterword")
    moved = {**SERVICE, "from": "2026-11-21", "to": "2026-11-21"}
    second = render_wording(BOOKED, "en", context(moved, NOW + timedelta(hours=1)), BRAND, links())
    assert lines(second, "service.ics")["DTSTART;VALUE=DATE"] == "20261121"
    off = render_wording(BOOKED, "en", context({**moved, "cancelled": True}, NOW + timedelta(hours=2)), BRAND, links())
    ended = lines(off, "service.ics")
    assert (ended["STATUS"], ended["UID"], ended["METHOD"]) == ("CANCELLED", found["UID"], "PUBLISH")
    assert number(first, "service.ics") < number(second, "service.ics") < number(off, "service.ics")
    assert "delivery.ics" not in files(first)


def test_an_hour_without_an_end_lasts_an_hour() -> None:
    made = render_wording(BOOKED, "en", context({**SERVICE, "to": None}), BRAND, links())
    assert lines(made, "service.ics")[f"DTEND;TZID={ZONE}"] == "20261120T110000"


def test_a_cancelled_order_takes_its_promised_days_out_of_the_calendar() -> None:
    days: dict[str, Any] = {"promised_from": date(2026, 11, 18), "promised_to": date(2026, 11, 19)}
    told = render("shipping_notice", "en", context({}, **days), BRAND, links())
    off = render("cancelled_by_us", "en", context({}, NOW + timedelta(days=1), **days), BRAND, links())
    assert lines(told, "delivery.ics")["UID"] == lines(off, "delivery.ics")["UID"]
    assert lines(off, "delivery.ics")["STATUS"] == "CANCELLED"
    assert number(told, "delivery.ics") < number(off, "delivery.ics")
    assert not files(render("refund_done", "en", context({}, **days), BRAND, links()))
