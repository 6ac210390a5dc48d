"""What other rooms may ask of consent. For many at once: the views `consent_now` and `suppressed`, the function `consent_state`."""

from __future__ import annotations

from .actions.history import rebuild
from .actions.saying import grant, import_consents, lift_suppression, pause, resume, suppress, withdraw
from .queries import may, paused_until
from .types import NotAhead

__all__ = [
    "NotAhead", "grant", "import_consents", "lift_suppression", "may", "pause", "paused_until", "rebuild", "resume", "suppress", "withdraw",
]  # fmt: skip
