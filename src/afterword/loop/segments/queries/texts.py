"""What `in_segment` stands for."""

from __future__ import annotations

from collections.abc import Mapping

from ..models import Segment


def texts() -> Mapping[str, str]:
    """The condition of every segment that is on, by key."""
    return dict(Segment.objects.filter(is_on=True, live__isnull=False).values_list("key", "live__text"))


def numbers() -> Mapping[str, int]:
    """The revision that stands, by key."""
    return dict(Segment.objects.filter(is_on=True, live__isnull=False).values_list("key", "live__number"))
