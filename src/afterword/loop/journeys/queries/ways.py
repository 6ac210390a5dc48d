"""By which channels a journey writes: what is needed before it may go live."""

from __future__ import annotations

from collections.abc import Collection

from afterword.kernel.errors import Refused

from ..actions.drafts import understood
from ..models import Journey
from ..steps import Send

WITHOUT_A_VERSION = ("email",)  # a draft that cannot be read sends nothing yet; what it will send by is taken to be mail


def ways(origin: str) -> Collection[str] | None:
    """The channels of its sending steps, in what is on or was on last, else in its draft; None where it is no journey."""
    journey = Journey.objects.filter(key=origin).first()
    if journey is None:
        return None
    version = journey.versions.order_by("-is_live", "-number").first()
    if version is not None:
        return [sent["channel"] for sent in version.sends]
    try:
        steps = understood(journey.draft).steps
    except Refused:
        return WITHOUT_A_VERSION
    return [step.channel for step in steps.values() if isinstance(step, Send)]
