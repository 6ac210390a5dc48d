"""Figures as people read them, on the pages of journeys and messages."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def thousands(number: int | None) -> str:
    """`12480` → `12,480`."""
    return f"{number or 0:,}"


@register.filter
def share(part: int | None, whole: int | None) -> str:
    """`46\u202f%`; nothing where there is no whole."""
    return f"{100 * (part or 0) / whole:.0f}\u202f%" if whole else ""
