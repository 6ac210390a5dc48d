"""What other rooms may ask of consent. For many at once: the views `consent_now` and `suppressed`, the function `consent_state`."""

from __future__ import annotations

from .actions.history import rebuild
from .actions.saying import ask, grant, honour_signal, import_consents, lift_suppression, pause, resume, suppress, wish, withdraw
from .queries import closed_addresses, may, paused_until, untracked, why_closed, wishes
from .types import NotAhead, NoWish

__all__ = [
    "NoWish", "NotAhead", "ask", "closed_addresses", "grant", "honour_signal", "import_consents", "lift_suppression", "may", "pause",
    "paused_until", "rebuild", "resume", "suppress", "untracked", "why_closed", "wish", "wishes", "withdraw",
]  # fmt: skip
