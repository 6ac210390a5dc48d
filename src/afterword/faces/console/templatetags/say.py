"""Figures as people read them, on the pages of journeys and messages."""

from __future__ import annotations

from django import template

from afterword.loop.journeys import door as journeys

register = template.Library()


@register.filter
def thousands(number: int | None) -> str:
    """`12480` → `12,480`."""
    return f"{number or 0:,}"


@register.filter
def share(part: int | None, whole: int | None) -> str:
    """`46\u202f%`; nothing where there is no whole."""
    return f"{100 * (part or 0) / whole:.0f}\u202f%" if whole else ""


@register.simple_tag
def outcome_words(outcome: str) -> str:
    """An outcome as people say it."""
    words = journeys.spoken_outcome(outcome)
    return words[:1].upper() + words[1:]


@register.simple_tag
def choice_words(choice: str) -> str:
    """One of several words of a form: an event or a value keeps its dot apart, `go_on` is read as `go on`."""
    return str(choice).replace("_", " ").replace(".", " · ")
