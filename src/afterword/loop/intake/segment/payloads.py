"""A Segment message → what it tells, in our words. No clock: the instant of receipt is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec

from afterword.kernel.errors import Complaint, Refused
from afterword.kernel.money import to_minor
from afterword.loop.events.types import Told, Who

from ..rules.rights import FROM_SERVER, NOT_HERE
from ..types import Understood
from .words import AMOUNTS, KINDS, our_country, our_language, our_name, without_query, zones

SOURCE = "segment"
SKEW = timedelta(minutes=1)
Body = Mapping[str, Any]
PATHS = {"anonymous_id": "anonymousId", "order": "properties.order_id", "shipment": "properties.shipment_id", "occurred_at": "timestamp"}
TRAITS = (("traits",), ("context", "traits"), ("properties", "email"), ("properties", "phone"))
_CANONICAL = msgspec.json.Encoder(order="sorted")


class _Reader:
    """One message being read: collects what is wrong as it goes."""

    def __init__(self, body: Body, currency: str) -> None:
        self.body, self.complaints = body, list[Complaint]()
        self.context = _object(body.get("context"))
        self.given = _object(body.get("properties"))
        traits = {**_object(self.context.get("traits")), **_object(body.get("traits"))}
        self.traits = traits
        stated = self.given.get("currency")
        self.currency = stated.strip().upper() if isinstance(stated, str) and stated.strip() else currency

    def fault(self, path: str, value: object, expected: str) -> None:
        shown = repr(value)[:60].encode("utf-8", "replace").decode()
        self.complaints.append(Complaint(path, "is missing" if value is None else f"is {shown}", expected))

    def text(self, source: Body, *names: str) -> str | None:
        """The first of these that is text, or a number written as text."""
        for name in names:
            value = source.get(name)
            if isinstance(value, str) and value.strip():
                return value.strip()
            if isinstance(value, int) and not isinstance(value, bool):
                return str(value)
        return None

    def minor(self, source: Body, path: str, *names: str) -> int | None:
        """The first of these that is given, in minor units."""
        for name in names:
            value = source.get(name)
            if value is None or value == "":
                continue
            try:
                return to_minor(value, self.currency)
            except Refused:
                self.fault(f"{path}.{name}", value, "an amount, such as 12.90")
        return None

    def whole(self, source: Body, path: str, name: str) -> int | None:
        """A whole number, also written as text or as 5.0."""
        value = source.get(name)
        if value is None:
            return None
        try:
            number = float(value)
            if number != int(number) or abs(number) > 1e15:
                raise ValueError
            return int(number)
        except (TypeError, ValueError, OverflowError):
            self.fault(f"{path}.{name}", value, "a whole number")
            return None

    def instant(self, value: object, path: str) -> datetime | None:
        if value is None:
            return None
        try:
            at = datetime.fromisoformat(value)  # type: ignore[arg-type]
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            self.fault(path, value, "an instant in ISO 8601")
            return None


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def understand(body: object, *, store: str, currency: str, received_at: datetime, kind: str | None = None) -> Understood:
    """One message (`kind` where the address says it). Amounts without a currency are in the store's."""
    if not isinstance(body, dict):
        return Understood(complaints=(Complaint("", f"is {type(body).__name__}", "an object"),))
    reader = _Reader(body, currency)
    kind = kind or (body.get("type") if isinstance(body.get("type"), str) else None)
    if kind not in KINDS:
        reader.fault("type", body.get("type"), "one of " + ", ".join(KINDS))
        return Understood(complaints=tuple(reader.complaints))
    name, parts = _SAYS[kind](reader)
    told = Told(
        name=name, occurred_at=_occurred(reader, received_at), source=SOURCE, source_id=_source_id(reader, store), store=store,
        who=_who(reader, kind), **parts,
    )  # fmt: skip
    return Understood((told,), tuple(reader.complaints)) if not reader.complaints else Understood(complaints=tuple(reader.complaints))


def beyond(body: Body) -> list[Complaint]:
    """What a browser key may not tell and no event would show: traits, wherever they stand.

    A `userId` is let be, for Segment's library writes it to every message once a page has called `identify`; it is not believed.
    """
    found = []
    for first, *rest in TRAITS:
        if _object(body.get(first)).get(rest[0]) if rest else body.get(first):
            found.append(Complaint(".".join((first, *rest)), NOT_HERE, FROM_SERVER))
    return found


def paths(body: Body, kind: str | None) -> Mapping[str, str]:
    """Where a message of this kind says what we call by another name."""
    return {"name": "event" if (kind or body.get("type")) == "track" else "type", **PATHS}


def _occurred(reader: _Reader, received_at: datetime) -> datetime:
    """When it happened by our clock: a device whose clock is wrong says when it sent, and the difference is taken off."""
    at = reader.instant(reader.body.get("originalTimestamp") or reader.body.get("timestamp"), "timestamp")
    sent = reader.instant(reader.body.get("sentAt"), "sentAt")
    if at is None:
        return received_at
    if sent is not None and at <= sent and abs(received_at - sent) > SKEW:
        return received_at - (sent - at)
    return at


def _source_id(reader: _Reader, store: str) -> str:
    """The sender's id of the message, or a digest of what it says: the same delivery twice is one event."""
    given = reader.text(reader.body, "messageId")
    if given:
        return f"{store}:{given}"[:400]
    plain = {key: value for key, value in reader.body.items() if key not in ("sentAt", "receivedAt", "writeKey")}
    return f"{store}:sha256:{sha256(_CANONICAL.encode(plain)).hexdigest()}"


def _who(reader: _Reader, kind: str) -> Who | None:
    """Nobody vouches for an address that a browser may have sent."""
    body = reader.body
    user = reader.text(body, "userId", "user_id")
    anonymous = reader.text(body, "anonymousId", "anonymous_id", *(("previousId",) if kind == "alias" else ()))
    email = reader.text(reader.traits, "email") or reader.text(reader.given, "email")
    phone = reader.text(reader.traits, "phone") or reader.text(reader.given, "phone")
    if not (user or anonymous or email or phone):
        return None
    return Who(user, email if email and "@" in email else None, phone, anonymous)


def _profile(reader: _Reader) -> tuple[str, dict[str, Any]]:
    traits = reader.traits
    address = _object(traits.get("address"))
    zone = reader.text(traits, "timezone") or reader.text(reader.context, "timezone")
    names = [reader.text(traits, "firstName", "first_name"), reader.text(traits, "lastName", "last_name")]
    plain = {
        "country": our_country(address.get("country") or traits.get("country")),
        "language": our_language(traits.get("language") or traits.get("locale") or reader.context.get("locale")),
        "zone": zone if zone in zones() else None,
    }
    private: dict[str, Any] = {
        "full_name": reader.text(traits, "name") or " ".join(filter(None, names)) or None,
        "first_name": names[0],
        "traits": traits or None,
    }
    group = reader.text(reader.body, "groupId")
    if group:
        private["traits"] = {**traits, "group_id": group}
    return "customer.updated", {"properties": _given(plain), "personal": _given(private)}


def _page(reader: _Reader) -> tuple[str, dict[str, Any]]:
    page = {**_object(reader.context.get("page")), **reader.given}
    zone = reader.text(reader.context, "timezone")
    campaign = reader.text(_object(reader.context.get("campaign")), "name")
    return "page.viewed", {
        "properties": _given({
            "url": without_query(page.get("url")), "path": without_query(page.get("path")),
            "title": reader.text(page, "title") or reader.text(reader.body, "name"), "referrer": without_query(page.get("referrer")),
            "campaign": campaign, "zone": zone if zone in zones() else None, "language": our_language(reader.context.get("locale")),
        })
    }  # fmt: skip


def _track(reader: _Reader) -> tuple[str, dict[str, Any]]:
    event = reader.body.get("event")
    if not isinstance(event, str) or not event.strip():
        reader.fault("event", event, "the name of an event")
        return "unknown", {}
    name = our_name(event)
    return name, _TRACKS.get(name, _as_given)(reader)


def _as_given(reader: _Reader) -> dict[str, Any]:
    """Our own names, and everything else: the properties as they are, the references taken out."""
    rest = dict(reader.given)
    found = {ours: reader.text(rest, f"{ours}_id") for ours in ("order", "shipment", "product")}
    for ours in found:
        rest.pop(f"{ours}_id", None)
    return {**_given(found), "properties": rest}


def _order(reader: _Reader) -> dict[str, Any]:
    given, path = reader.given, "properties"
    plain: dict[str, Any] = {ours: reader.minor(given, path, theirs) for theirs, ours in AMOUNTS.items()}
    plain |= {"total_minor": reader.minor(given, path, "total", "value", "revenue"), "coupon": reader.text(given, "coupon")}
    plain |= {"lines": _lines(reader), "language": our_language(reader.context.get("locale"))}
    for name in ("promised_from", "promised_to"):
        at = reader.instant(given.get(name), f"properties.{name}")
        plain[name] = at.isoformat() if at else None
    zone = reader.text(given, "zone")
    address = _object(given.get("shipping_address"))
    plain |= {"zone": zone if zone in zones() else None, "country": our_country(given.get("country") or address.get("country"))}
    if plain["total_minor"] is not None:
        plain["currency"] = reader.currency
    private = {"shipping_address": address or None, "full_name": reader.text(given, "name") or reader.text(reader.traits, "name"),
               "number": reader.text(given, "order_number"), "email": reader.text(given, "email")}  # fmt: skip
    return {"order": _order_id(reader), "properties": _given(plain), "personal": _given(private)}


def _refund(reader: _Reader) -> dict[str, Any]:
    plain: dict[str, Any] = {"amount_minor": reader.minor(reader.given, "properties", "total", "value", "revenue"), "lines": _lines(reader)}
    plain |= {"reason": reader.text(reader.given, "reason")}
    if plain["amount_minor"] is not None:
        plain["currency"] = reader.currency
    return {"order": _order_id(reader), "properties": _given(plain)}


def _cancel(reader: _Reader) -> dict[str, Any]:
    return {"order": _order_id(reader), "properties": _given({"reason": reader.text(reader.given, "reason")})}


def _order_id(reader: _Reader) -> str | None:
    order = reader.text(reader.given, "order_id", "orderId")
    if order is None:
        reader.fault("properties.order_id", reader.given.get("order_id"), "the shop's own reference of the order")
    return order


def _lines(reader: _Reader) -> list[dict[str, Any]] | None:
    products = reader.given.get("products")
    if products is None:
        return None
    if not isinstance(products, list):
        reader.fault("properties.products", products, "a list of products")
        return None
    lines = []
    for n, product in enumerate(products):
        path = f"properties.products[{n}]"
        if not isinstance(product, dict):
            reader.fault(path, product, "an object")
            continue
        lines.append(_given({
            "product": reader.text(product, "product_id", "id", "sku"), "sku": reader.text(product, "sku"),
            "title": reader.text(product, "name", "title"), "variant": reader.text(product, "variant"),
            "quantity": reader.whole(product, path, "quantity"), "unit_price_minor": reader.minor(product, path, "price"),
            "image_url": reader.text(product, "image_url"), "category": reader.text(product, "category"),
        }))  # fmt: skip
    return lines


def _product(reader: _Reader) -> dict[str, Any]:
    given = reader.given
    plain: dict[str, Any] = {
        "title": reader.text(given, "name", "title"), "sku": reader.text(given, "sku"), "category": reader.text(given, "category"),
        "price_minor": reader.minor(given, "properties", "price"), "url": without_query(given.get("url")),
    }  # fmt: skip
    if plain["price_minor"] is not None:
        plain["currency"] = reader.currency
    return {"product": reader.text(given, "product_id", "id", "sku"), "properties": _given(plain)}


def _review(reader: _Reader) -> dict[str, Any]:
    given = reader.given
    plain = {"review": reader.text(given, "review_id"), "rating": reader.whole(given, "properties", "rating")}
    private = {"text": reader.text(given, "review_body"), "title": reader.text(given, "review_title")}
    return {"product": reader.text(given, "product_id", "sku"), "properties": _given(plain), "personal": _given(private)}


def _cart(reader: _Reader) -> dict[str, Any]:
    plain = {"cart": reader.text(reader.given, "cart_id"), "lines": _lines(reader)}
    return {"properties": _given(plain)}


def _search(reader: _Reader) -> dict[str, Any]:
    return {"personal": _given({"query": reader.text(reader.given, "query")})}


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


_TRACKS: dict[str, Callable[[_Reader], dict[str, Any]]] = {
    "order.placed": _order, "order.updated": _order, "order.refunded": _refund, "order.cancelled": _cancel, "product.viewed": _product,
    "review.submitted": _review, "cart.updated": _cart, "search.performed": _search,
}  # fmt: skip
_SAYS: dict[str, Callable[[_Reader], tuple[str, dict[str, Any]]]] = {
    "identify": _profile, "group": _profile, "alias": _profile, "page": _page, "screen": _page, "track": _track,
}  # fmt: skip
