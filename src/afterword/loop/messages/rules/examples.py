"""Made-up customers and orders to try a message on: an ordinary one, and awkward ones of whom real shops have plenty.

Names and orders are listed apart; each of the first with each of the second makes a hundred.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Given = Mapping[str, Any]
LONG = "Espresso machine with integrated conical burr grinder, " * 5 + "stainless steel"
PEOPLE: Mapping[str, dict[str, Any]] = {
    "ordinary": {"first_name": "Ana", "last_name": "Ionescu", "full_name": "Ana Ionescu"},
    "no_name": {},
    "right_to_left": {"first_name": "محمد", "last_name": "الأحمد", "full_name": "محمد الأحمد"},
    "four_bytes": {"first_name": "𠮷野 🦊", "last_name": "", "full_name": "𠮷野 🦊👩‍👩‍👧"},
    "markup": {"first_name": "<b onclick=alert(1)>Eve</b>", "last_name": "\"&'", "full_name": "<script>alert(1)</script> & Sons"},
    "liquid": {"first_name": "{{ order.total_minor }}", "last_name": "{% if %}", "full_name": "{{ 'x' | t }} {% raw %}"},
    "very_long": {"first_name": "Wolfeschlegelsteinhausenbergerdorff" * 3, "last_name": "von", "full_name": "Adolph " * 30},
    "breaks": {"first_name": "Ana\r\nBcc: all@shop.example", "last_name": "\t", "full_name": "Ana\n\nIonescu\u2028"},
    "one_letter": {"first_name": "O", "last_name": "", "full_name": "O"},
    "thai": {"first_name": "สมชาย", "last_name": "ใจดีมีสุขเสมอไป", "full_name": "สมชาย ใจดีมีสุขเสมอไป"},
}
ADDRESS = {"name": "Ana Ionescu", "line1": "Strada Matei Corvin 6", "city": "Cluj-Napoca", "postcode": "400112", "country": "RO"}
MUG = {
    "title": "Mug “Snail Hill”",
    "variant": "350 ml",
    "quantity": 2,
    "total_minor": 3800,
    "url": "https://shop.example/mug",
    "image_url": "",
}
TEA = {"title": "Green tea", "variant": "", "quantity": 1, "total_minor": 1900, "url": "", "image_url": ""}
OFFERS = tuple(
    {"title": title, "url": f"https://shop.example/{n}", "image_url": "", "price_minor": 1900 + 700 * n, "currency": "EUR"}
    for n, title in enumerate(("Mug “Snail Hill”", "Green tea", "Espresso cups, a set of four", "Honey"))
)
PARCEL = {"carrier": "GLS", "tracking_number": "9057 1234", "tracking_url": "https://gls.example/9057"}
ORDERS: Mapping[str, dict[str, Any]] = {
    "ordinary": {"lines": [MUG, TEA]},
    "no_order": {},
    "huge": {"lines": [MUG, TEA] * 60, "total_minor": 999_999_999_99},
    "free": {"lines": [{**MUG, "total_minor": 0}], "total_minor": 0, "shipping_minor": 0, "discount_minor": 5700},
    "long_title": {"lines": [{**MUG, "title": LONG[:300], "variant": "Ω" * 80}]},
    "no_address": {"lines": [MUG], "address": {}},
    "markup": {"number": "<7>", "lines": [{**MUG, "title": "<img src=x onerror=alert(1)>", "variant": "{{ x }}", "url": "javascript:a()"}]},
    "nothing_known": {"lines": [{"title": "", "quantity": 1}], "number": "", "placed_at": None, "promised_from": None, "promised_to": None,
                      "total_minor": None, "shipping_minor": None, "discount_minor": None, "currency": None},
    "late": {"lines": [MUG], "first_promised_to": -3, "promised_from": -2, "promised_to": -1},
    "odd_money": {"lines": [{**MUG, "total_minor": 123_456}], "currency": "KWD", "total_minor": 123_456},
}  # fmt: skip
PLACES: Mapping[str, str] = {"right_to_left": "Asia/Riyadh", "thai": "Asia/Bangkok", "no_name": ""}


@dataclass(frozen=True)
class Example:
    """Somebody and their order: two names of the tables above."""

    person: str
    order: str

    @property
    def key(self) -> str:
        """As addresses name it: `right_to_left-huge`."""
        return f"{self.person}-{self.order}"

    def context(self, now: datetime) -> dict[str, Any]:
        """What a message is rendered with, as `render` describes it. An unknown zone is empty, as in a letter to somebody without one."""
        person, order = PEOPLE[self.person], _order(ORDERS[self.order], now)
        lines = order.get("lines") or []
        about = lines[0] if lines else {}
        known = bool(order) and self.order != "nothing_known"
        return {
            "now": now, "zone": PLACES.get(self.person, "Europe/Bucharest"), "customer": {**person, "email": "ana@example.com"},
            "order": order, "shipment": PARCEL if known else {}, "product": {"title": about.get("title"), "url": about.get("url") or ""},
            "event": {"name": "An evening of coffee", "starts_at": now + timedelta(days=9), "place": "Strada Lungă 12"} if known else {},
            "score": 2 if known else None, "scale": 5 if known else None, "shop": {"name": "Shop", "url": "https://shop.example/"},
            "meeting": {"kind": "pickup", "id": "0", "to": (now + timedelta(days=6)).date(), "place": "Locker 7, Strada Lungă 12"}
            if known else {},
            "products": OFFERS, "referral": {"url": "https://shop.example/?ref=k3v9x2m7qa"} if self.person != "no_name" else {},
        }  # fmt: skip


def _order(given: Given, now: datetime) -> dict[str, Any]:
    if not given:
        return {}
    plain = {
        "id": "0", "number": "#24971", "placed_at": now - timedelta(days=3), "currency": "EUR", "total_minor": 6740, "shipping_minor": 990,
        "discount_minor": 0, "promised_from": 2, "promised_to": 3, "address": ADDRESS,
    }  # fmt: skip
    whole = {**plain, **given}
    for name in ("promised_from", "promised_to", "first_promised_to"):
        if isinstance(whole.get(name), int):
            whole[name] = (now + timedelta(days=whole[name])).date()
    return whole


ORDINARY = Example("ordinary", "ordinary")
EXAMPLES: Mapping[str, Example] = {one.key: one for one in (Example(person, order) for person in PEOPLE for order in ORDERS)}
# Those that an editor offers: each person, then each order, that is awkward.
OFFERED: tuple[Example, ...] = (
    ORDINARY, *(Example(person, "ordinary") for person in PEOPLE if person != "ordinary"),
    *(Example("ordinary", order) for order in ORDERS if order != "ordinary"),
)  # fmt: skip
