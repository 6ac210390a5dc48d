"""What is told above the next page: a deed that is done, or why it could not be."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest

BAD = 60  # above Django's own levels, so that no other word stands beside the tag


def well(request: HttpRequest, text: str) -> None:
    """It is done."""
    messages.success(request, text)


def not_done(request: HttpRequest, text: str) -> None:
    """It could not be done, and why."""
    messages.add_message(request, BAD, text, extra_tags="bad")
