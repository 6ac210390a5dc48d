"""What other rooms may ask of consent. For many at once: the views `consent_now` and `suppressed`, the function `consent_state`."""

from __future__ import annotations

from .actions import grant, import_consents, lift_suppression, rebuild, suppress, withdraw
from .queries import may

__all__ = ["grant", "import_consents", "lift_suppression", "may", "rebuild", "suppress", "withdraw"]
