"""What a notification template of Shopify's reads at its root, made of what our messages know: so that such a template works when pasted.

The context is the one at the top of `render`. Beside it these are read where somebody knows them, all money in minor units:

    order       tax_minor, subtotal_minor, refund_minor, cancel_reason, cancelled_at, email, billing_address, shipping_method,
                discounts: [code or title, amount_minor], transactions: [gateway, amount_minor, status, kind], tags, note
    order.lines sku, grams, unit_minor, discount_minor, vendor, refunded, properties
    shipment    carrier, tracking_number, tracking_url, estimated_delivery_at, lines
    gift_card   code, balance_minor, initial_minor, expires_on
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

Given = Mapping[str, Any]
_DIGITS = re.compile(r"\d+")


def variables(context: Given) -> dict[str, Any]:
    """All root variables. What is not known is absent or nothing, as in a shop where it never came to be."""
    order, links = _part(context, "order"), _part(context, "links")
    lines = [line_item(line, order) for line in _list(order, "lines")]
    return {
        **_of_order(order, context), **_of_money(order, lines), **_of_delivery(order, context, lines),
        "line_items": lines, "subtotal_line_items": lines, "item_count": sum(line["quantity"] for line in lines),
        "refund_line_items": [{"line_item": line, "quantity": line["refunded_quantity"]} for line in lines if line["refunded_quantity"]],
        "customer": person(context), "shop": shop(context), "gift_card": gift_card(_part(context, "gift_card")),
        "order_status_url": links.get("order") or None, "unsubscribe_link": links.get("unsubscribe") or None,
        "email_title": context.get("subject"), "email_body": None, "po_number": None, "company_location": None, "custom_message": None,
        "transactions": [_transaction(one) for one in _list(order, "transactions")],
        "locale": context.get("locale"), "currency": order.get("currency"), "presentment_currency": order.get("currency"),
    }  # fmt: skip


def _part(context: Given, name: str) -> Given:
    found = context.get(name)
    return found if isinstance(found, Mapping) else {}


def _list(given: Given, name: str) -> Sequence[Any]:
    return given.get(name) or ()


def _of_order(order: Given, context: Given) -> dict[str, Any]:
    name = str(order.get("number") or "")
    found = _DIGITS.search(name)
    number = int(found.group()) if found and len(found.group()) < 19 else None
    return {
        "id": str(order.get("id") or ""), "name": name, "order_name": name, "order_number": number, "number": number,
        "confirmation_number": order.get("confirmation_number") or name.lstrip("#"), "created_at": order.get("placed_at"),
        "processed_at": order.get("placed_at"), "date": order.get("placed_at"), "updated_at": order.get("placed_at"),
        "cancelled_at": order.get("cancelled_at"), "cancelled": order.get("cancelled_at") is not None,
        "cancel_reason": order.get("cancel_reason"), "cancel_reason_label": order.get("cancel_reason"), "note": order.get("note"),
        "email": order.get("email") or _part(context, "customer").get("email"), "tags": order.get("tags") or [],
        "order": {**order, "name": name, "order_number": number}, "attributes": order.get("attributes") or {},
    }  # fmt: skip


def _of_money(order: Given, lines: Sequence[Given]) -> dict[str, Any]:
    total, shipping = order.get("total_minor"), order.get("shipping_minor")
    discount, tax = order.get("discount_minor") or 0, order.get("tax_minor")
    subtotal = order.get("subtotal_minor")
    if subtotal is None:
        subtotal = sum(line["final_line_price"] or 0 for line in lines) - discount
    named = [_discount(one) for one in _list(order, "discounts")]
    if discount and not named:
        named = [_discount({"amount_minor": discount})]
    refunded = order.get("refund_minor")
    return {
        "total_price": total, "subtotal_price": subtotal, "shipping_price": shipping, "tax_price": tax, "total_tax": tax,
        "tax_lines": [{"title": order.get("tax_title") or "", "price": tax}] if tax else [], "taxes_included": tax is None,
        "total_discounts": discount, "discounts_amount": discount, "discounts_savings": -discount, "discounts": named,
        "discount_applications": named, "discount_codes": [one["code"] for one in named if one["code"]], "discounts_count": len(named),
        "refund_amount": refunded, "total_refunded_amount": refunded, "amount": refunded, "net_payment": total,
        "total_paid": total, "total_outstanding": 0, "line_items_subtotal_price": subtotal, "total_duties": None, "total_tip": None,
        "financial_status": order.get("financial_status") or ("refunded" if refunded and refunded == total else "paid"),
    }  # fmt: skip


def _discount(one: Given) -> dict[str, Any]:
    title = one.get("title") or one.get("code") or ""
    amount = one.get("amount_minor") or 0
    return {
        "title": title, "code": one.get("code") or "", "amount": amount, "savings": -amount, "total_allocated_amount": amount,
        "type": "discount_code" if one.get("code") else "automatic", "target_selection": "all", "target_type": "line_item",
        "value": amount, "value_type": "fixed_amount",
    }  # fmt: skip


def _of_delivery(order: Given, context: Given, lines: Sequence[Given]) -> dict[str, Any]:
    parcel = _part(context, "shipment")
    sent: Sequence[Given] = [line_item(line, order) for line in _list(parcel, "lines")] or lines
    method = {"title": order.get("shipping_method") or "", "price": order.get("shipping_minor"), "handle": ""}
    reached = order.get("delivered_at") is not None
    return {
        "shipping_address": address(_part(order, "address")),
        "billing_address": address(_part(order, "billing_address") or _part(order, "address")),
        "shipping_method": method, "shipping_methods": [method], "requires_shipping": bool(order.get("address")),
        "has_pickup_in_store": False, "has_local_pickup": False, "delivery_instructions": None,
        "consolidated_estimated_delivery_time": None,
        "fulfillment": fulfillment(parcel, order, sent), "fulfillments": [fulfillment(parcel, order, sent)] if parcel else [],
        "fulfillment_status": "fulfilled" if parcel or reached else None, "unfulfilled_line_items": [] if parcel else [*lines],
        "fulfilled_line_items": sent if parcel else [], "service_name": parcel.get("carrier"), "delivery_method": method,
    }  # fmt: skip


def fulfillment(parcel: Given, order: Given, lines: Sequence[Given]) -> dict[str, Any] | None:
    """The parcel: who carries it, its numbers and addresses, when it is expected, what is in it. Nothing where none has left."""
    if not parcel:
        return None
    number, url = parcel.get("tracking_number"), parcel.get("tracking_url")
    return {
        "tracking_company": parcel.get("carrier") or "", "tracking_number": number, "tracking_url": url,
        "tracking_numbers": [number] if number else [], "tracking_urls": [url] if url else [],
        "estimated_delivery_at": parcel.get("estimated_delivery_at") or order.get("promised_to"), "item_count": len(lines),
        "fulfillment_line_items": [{"line_item": line, "quantity": line["quantity"]} for line in lines], "line_items": list(lines),
        "created_at": parcel.get("shipped_at"), "requires_shipping": True, "service_name": parcel.get("carrier"),
    }  # fmt: skip


def line_item(line: Given, order: Given) -> dict[str, Any]:
    """A line of the order, its product and its variant within."""
    quantity = int(line.get("quantity") or 1)
    total, less = line.get("total_minor"), line.get("discount_minor") or 0
    unit = line.get("unit_minor") if line.get("unit_minor") is not None else total // quantity if isinstance(total, int) else None
    picture = line.get("image_url") or None
    image = {"src": picture, "alt": line.get("title") or ""} if picture else None
    title, kind = str(line.get("title") or ""), str(line.get("variant") or "")
    refunded = int(line.get("refunded") or 0)
    return {
        "title": title, "name": f"{title} - {kind}" if kind else title, "quantity": quantity, "sku": line.get("sku"), "image": image,
        "price": unit, "original_price": unit, "final_price": unit, "unit_price": unit, "line_price": total, "original_line_price": total,
        "final_line_price": None if total is None else total - less, "total_discount": less, "discount_allocations":
        [{"amount": less, "discount_application": _discount({"amount_minor": less})}] if less else [], "url": line.get("url") or None,
        "variant": {"title": kind or "Default Title", "sku": line.get("sku"), "price": unit, "image": image},
        "variant_title": kind or None, "product": {"title": title, "url": line.get("url") or None, "featured_image": image,
                                                   "vendor": line.get("vendor")},
        "vendor": line.get("vendor"), "grams": line.get("grams") or 0, "properties": line.get("properties") or {},
        "requires_shipping": True, "gift_card": False, "taxable": True, "refunded_quantity": refunded, "selling_plan_allocation": None,
        "current_quantity": quantity - refunded, "fulfillable_quantity": quantity - refunded, "bundle_parent?": False, "groups": [],
        "currency": order.get("currency"),
    }  # fmt: skip


def address(given: Given) -> dict[str, Any] | None:
    """A postal address by Shopify's names. Nothing where there is none."""
    if not given:
        return None
    name = str(given.get("name") or "").strip()
    first, _, last = name.partition(" ")
    country = str(given.get("country") or "")
    return {
        "name": name, "first_name": given.get("first_name") or first, "last_name": given.get("last_name") or last,
        "company": given.get("company") or None, "address1": given.get("line1") or "", "address2": given.get("line2") or None,
        "street": ", ".join(str(part) for part in (given.get("line1"), given.get("line2")) if part), "city": given.get("city") or "",
        "zip": given.get("postcode") or "", "province": given.get("region") or None, "province_code": given.get("region") or None,
        "country": country, "country_code": country, "phone": given.get("phone"),
    }  # fmt: skip


def person(context: Given) -> dict[str, Any]:
    """The customer: first and last name, whole name, address, and what our own templates read."""
    known = _part(context, "customer")
    whole = known.get("full_name") or f"{known.get('first_name') or ''} {known.get('last_name') or ''}".strip()
    return {
        "name": whole, "email": None, "phone": None, "tags": [], "default_address": address(_part(_part(context, "order"), "address")),
        "accepts_marketing": False, "account_activation_url": None, "b2b?": False, **known,
    }  # fmt: skip


def shop(context: Given) -> dict[str, Any]:
    """The shop as its templates know it."""
    known, brand = _part(context, "shop"), _part(context, "brand")
    site = known.get("url") or brand.get("site_url") or ""
    return {
        "name": brand.get("name") or "", "email": brand.get("reply_to") or brand.get("sender_email") or "", "url": site,
        "secure_url": site, "domain": site.removeprefix("https://").removeprefix("http://").strip("/"), "phone": None,
        "email_logo_url": brand.get("logo_url") or None, "email_logo_width": 120, "email_accent_color": brand.get("fill") or "",
        "address": {"summary": brand.get("postal_address") or "", "address1": brand.get("postal_address") or ""},
        "currency": _part(context, "order").get("currency"), "locale": context.get("locale"), **known,
    }  # fmt: skip


def gift_card(given: Given) -> dict[str, Any] | None:
    """A gift card: its code, what is on it, until when. Nothing where the message speaks of none."""
    if not given:
        return None
    code = str(given.get("code") or "")
    return {
        "code": code, "last_four_characters": code[-4:], "balance": given.get("balance_minor"), "initial_value": given.get("initial_minor"),
        "expires_on": given.get("expires_on"), "url": given.get("url"), "currency": given.get("currency"), "enabled": True,
        "expired": False,
    }  # fmt: skip


def _transaction(one: Given) -> dict[str, Any]:
    gateway = str(one.get("gateway") or "")
    return {
        "gateway": gateway, "gateway_display_name": gateway.replace("_", " ").capitalize(), "amount": one.get("amount_minor"),
        "status": one.get("status") or "success", "kind": one.get("kind") or "sale", "created_at": one.get("at"),
        "payment_details": {"credit_card_company": one.get("card"), "credit_card_last_four_digits": one.get("last_four")},
    }  # fmt: skip


NAMES: frozenset[str] = frozenset(variables({}))
# What says nothing where there is no order.
OF_ORDERS = frozenset({
    *_of_order({}, {}), *_of_money({}, ()), *_of_delivery({}, {}, ()), "line_items", "subtotal_line_items", "item_count",
    "refund_line_items", "transactions", "order_status_url",
}) - {"email"}  # fmt: skip
_BOTH = frozenset({"customer", "shop"})


def with_variables(context: Given, read: frozenset[str]) -> Given:
    """The context for a template that reads these names: with Shopify's beside our own, where it reads any that only Shopify has.

    Our own values stay in front; only the customer and the shop are what both know of them.
    """
    if not (read & NAMES - context.keys()) | (read & _BOTH):
        return context
    made = variables(context)
    return {**made, **context, "customer": made["customer"], "shop": made["shop"], "order": made["order"]}
