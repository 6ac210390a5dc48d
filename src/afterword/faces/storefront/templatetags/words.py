"""Says the catalogue's words in the page's language: `{% say 'page.order.title' number=number %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from afterword.loop.messages import door as messages

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: dict[str, Any], key: str, **values: Any) -> str:
    """The words for a key, its holes filled; the plain twin where something is not known."""
    return messages.catalogue(context["locale"]).say(key, {name: value or "" for name, value in values.items()})


@register.simple_tag(takes_context=True)
def stress(context: dict[str, Any], key: str, hole: str, value: str) -> SafeString:
    """The words for a key with what fills its hole made strong."""
    text = messages.catalogue(context["locale"]).say(key, {hole: "\x00"} if value else {})
    if value.endswith("."):  # “10 de dez.” ends its sentence by itself
        text = text.replace("\x00.", "\x00")
    return mark_safe(str(escape(text)).replace("\x00", f"<strong>{escape(value)}</strong>"))  # noqa: S308 - both parts are escaped
