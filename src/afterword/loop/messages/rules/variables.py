"""What a message may say, as a list to choose from: grouped, each with the words by which people know it."""

from __future__ import annotations

from collections.abc import Mapping

VARIABLES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "Customer": (
        ("{{ customer.first_name | default: 'there' }}", "first name, else “there”"),
        ("{% if customer.first_name %}{{ customer.first_name }}{% endif %}", "first name, if it is known"),
        ("{{ customer.full_name | default: '' }}", "whole name"),
        ("{{ 'greeting' | voiced }}", "greeting in the shop's voice"),
        ("{{ 'sign' | voiced }}", "farewell in the shop's voice"),
    ),
    "Order": (
        ("{% if order.number %}{{ order.number }}{% endif %}", "number"),
        ("{% if order.placed_at %}{{ order.placed_at | date: 'long' }}{% endif %}", "day it was placed"),
        ("{{ order.total_minor | money }}", "total"),
        ("{% if days != '' %}{{ days }}{% endif %}", "promised days"),
        ("{% for line in order.lines limit: 40 %}{{ line.quantity }} × {{ line.title }}<br/>{% endfor %}", "what was ordered"),
        ("{% for part in order.address | address %}{{ part }}<br/>{% endfor %}", "address"),
    ),
    "Parcel": (
        ("{% if shipment.carrier %}{{ shipment.carrier }}{% endif %}", "carrier"),
        ("{% if shipment.tracking_number %}{{ shipment.tracking_number }}{% endif %}", "tracking number"),
        ('{% if shipment.tracking_url %}<a href="{{ shipment.tracking_url | tracked }}">…</a>{% endif %}', "link to the tracking"),
    ),
    "Appointment": (
        ("{% if meeting.place %}{{ meeting.place }}{% endif %}", "where a parcel lies, or a service is done"),
        ("{% if meeting.to %}{{ meeting.to | date: 'long' }}{% endif %}", "until when, or the day"),
        ("{% if meeting.from %}{{ meeting.from | time }}{% endif %}", "the hour it begins, where they are"),
    ),
    "Invitation": (
        ("{% if event.name %}{{ event.name }}{% endif %}", "what a campaign invites to"),
        ("{% if event.starts_at %}{{ event.starts_at | date: 'long' }}{% endif %}", "its day"),
        ("{% if event.starts_at %}{{ event.starts_at | time }}{% endif %}", "its hour, where they are"),
        ("{% if event.place %}{{ event.place }}{% endif %}", "where it is"),
    ),
    "Codes": (
        ("{% if order.number %}{{ order.number | qr }}{% endif %}", "order number as a QR code"),
        ("{% if order.number %}{{ order.number | code128 }}{% endif %}", "order number as a bar code"),
        ("{% if shipment.tracking_number %}{{ shipment.tracking_number | code128 }}{% endif %}", "tracking number as a bar code"),
    ),
    "Product": (
        ("{% if product.title %}{{ product.title }}{% endif %}", "what it is about"),
        ('{% if product.url %}<a href="{{ product.url | tracked }}">…</a>{% endif %}', "link to it"),
    ),
    "Offers": (
        ("{% for one in products %}{{ one.title }}<br/>{% endfor %}", "products, as the block “products” shows them"),
        ("{% if referral.url %}{{ referral.url }}{% endif %}", "their link to pass on"),
    ),
    "Links": (
        ("{{ links.order }}", "the order's page"),
        ("{{ links.score }}", "score: add /5 and so on"),
        ("{{ links.review }}", "review: add /5 and so on"),
        ("{{ links.view }}", "this mail in a browser"),
        ("{{ links.preferences }}", "what we may write"),
        ("{{ links.unsubscribe }}", "no more of these"),
    ),
    "Shop": (
        ("{{ brand.name }}", "name"),
        ("{{ brand.postal_address }}", "postal address"),
        ("{{ brand.site_url | tracked }}", "the shop's site"),
    ),
}
