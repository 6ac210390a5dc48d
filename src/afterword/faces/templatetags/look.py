"""Tags that print parts of the look: an icon, a navigation entry, the mark of a shop."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
_ICON = re.compile(r"^[a-z-]+$")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A drawing from the sprite. With a label it speaks to screen readers; without one it is decoration."""
    if not _ICON.match(name):
        raise template.TemplateSyntaxError(f"“{name}” is not the name of an icon")
    address = f"{static('afterword/icons.svg')}#i-{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, address)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', address)


@register.filter
def initials(name: str) -> str:
    """What stands in a shop's mark: `Lut & Boabe` → `L&B`, `Ceramics` → `Ce`, never more than three signs."""
    words = [w for w in re.split(r"\s+", str(name).strip()) if w]
    if len(words) == 1:
        return words[0][:1] if words[0][0] >= "\u1100" else words[0][:2]  # one sign of the wide scripts is enough
    return "".join(w[0] for w in words if w[0].isalnum() or w == "&")[:3]


@register.inclusion_tag("faces/nav_item.html", takes_context=True)
def nav_item(context: dict[str, Any], page: str, icon_name: str, label: str, count: int | None = None) -> dict[str, Any]:
    """An entry of the sidebar. It prints nothing while no room has registered the page, and marks where one is."""
    try:
        address = reverse(page)
    except NoReverseMatch:
        return {"address": ""}
    request = context.get("request")
    here = request.path if request is not None else ""
    current = here == address or (address != reverse_root() and here.startswith(address.rstrip("/") + "/"))
    return {"address": address, "icon_name": icon_name, "label": label, "count": count, "current": current}


def reverse_root() -> str:
    """The address of the console's first page, under which everything else lies and which is therefore matched exactly."""
    try:
        return reverse("console:home")
    except NoReverseMatch:
        return "/"
