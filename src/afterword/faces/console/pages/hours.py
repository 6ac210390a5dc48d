"""The time in which pages speak: that of the first store, in words made before the page is drawn as in the page itself."""

from __future__ import annotations

from contextlib import AbstractContextManager
from zoneinfo import ZoneInfo

from django.utils import timezone

from afterword.loop.messages import door as messages


def shop_time() -> AbstractContextManager[None]:
    """Inside, local times are the shop's."""
    return timezone.override(ZoneInfo(messages.fallback_zone()))
