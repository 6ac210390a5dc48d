"""When a journey stops by itself: what receivers punish a sender for, long before a person looks at a chart."""

from __future__ import annotations

from typing import Literal

# Google and Yahoo want complaints below 0.1 % and never 0.3 %; five of a hundred that come back mean that the addresses are bad.
COMPLAINTS, BOUNCES = 0.003, 0.05
ENOUGH, FEWEST = 100, 3  # messages and complaints below which a share is chance


def halted(sent: int, complained: int, bounced: int) -> Literal["", "complaints", "bounces"]:
    """Why what is not about an order should no longer be sent from an origin; empty while it may."""
    if sent < ENOUGH:
        return ""
    if complained >= FEWEST and complained / sent >= COMPLAINTS:
        return "complaints"
    return "bounces" if bounced >= FEWEST and bounced / sent >= BOUNCES else ""
