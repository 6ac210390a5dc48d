"""What this room tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from afterword.kernel.shapes import Event, prop


@dataclass(frozen=True, kw_only=True)
class CustomerTagged(Event):
    """A customer got a tag, from a journey or from somebody of the team."""

    name: ClassVar[str] = "customer.tagged"
    example: ClassVar[dict[str, Any]] = {"tag": "vip", "journey": "thanks_vip"}

    tag: str = prop("text", "the tag", required=True)
    journey: str | None = prop("text", "the journey that gave it")


@dataclass(frozen=True, kw_only=True)
class CustomerUntagged(Event):
    """A customer lost a tag."""

    name: ClassVar[str] = "customer.untagged"
    example: ClassVar[dict[str, Any]] = {"tag": "vip"}

    tag: str = prop("text", "the tag", required=True)
    journey: str | None = prop("text", "the journey that took it")


EVENTS = (CustomerTagged, CustomerUntagged)
