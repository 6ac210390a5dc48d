"""Figures as people read them, on the pages of journeys and messages."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages

register = template.Library()
CHOICES = {
    "once": gettext_noop("nobody, once is enough"),
    "once_per_customer": gettext_noop("nobody, once for each customer"),
    "every": gettext_noop("everybody, every time"),
    "quiet": gettext_noop("whoever was quiet for"),
    "go_on": gettext_noop("the journey goes on"),
    "end": gettext_noop("the journey ends"),
    "subject": gettext_noop("what the run is about"),
    "auto": gettext_noop("whichever way the message says"),
}


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
def choice_words(choice: str, field: str = "") -> str:
    """One of several words of a form, as people say it; an event or a value keeps its dot apart, a message has a name."""
    if field.endswith(".message"):
        return messages.message_name(choice)
    if choice in CHOICES:
        return _(CHOICES[choice])
    return str(choice).replace("_", " ").replace(".", " · ")
