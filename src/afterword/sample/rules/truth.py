"""What is true of the simulated shop: the figures an experiment or a forecast on it should find again.

Stars follow lateness as measured on Olist's delivered orders (mean 4.27 on time, 3.30 one to three days late, 1.95 up to a
week, 1.58 beyond); the share of broken promises is theirs too (6.6 %).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LATE_SHARE: Final = 0.066
# Of the late ones: (share, from, to) in whole days after the promised day.
LATE_BY: Final = ((0.45, 1, 3), (0.32, 4, 7), (0.23, 8, 16))
# Up to so many days late: the chances of 1, 2, 3, 4 and 5 stars.
STARS: Final = (
    (0, (0.07, 0.03, 0.08, 0.20, 0.62)),
    (3, (0.26, 0.08, 0.12, 0.18, 0.36)),
    (7, (0.61, 0.12, 0.10, 0.05, 0.12)),
    (10**6, (0.72, 0.12, 0.08, 0.02, 0.06)),
)
CANCELLED_SHARE: Final = 0.03
LOST_SHARE: Final = 0.003
RETURNED_SHARE: Final = 0.04
TWO_PARCELS_SHARE: Final = 0.05
CONSENT_SHARE: Final = 0.42

# Chances of another order without any message, by what was bought; after being let down by more than three days, times the last.
REBUYS: Final = {"consumable": 0.58, "durable": 0.30, "experience": 0.35}
LET_DOWN_FACTOR: Final = 0.7
REBUY_SPREAD: Final = 0.35  # of the logarithm of the time to the next order
REBUY_DAYS: Final = {"durable": 75.0, "experience": 60.0}  # typical; a consumable's is its time of use

ANSWERS: Final = {"csat": 0.22, "nps": 0.14, "review_request": 0.09}
CLICKS: Final = {"transactional": 0.18, "service": 0.07, "marketing": 0.045}
OPENS: Final = 0.52
SCANNED: Final = 0.18  # mails whose links and pictures a machine looks at first
UNSUBSCRIBES: Final = 0.004  # of service and marketing letters


@dataclass(frozen=True)
class Effect:
    """What a sent message adds: expected orders of its reader, at random within so many days, on top of all they do anyway."""

    extra_orders: float
    within_days: int


EFFECTS: Final = {"reorder_reminder": Effect(0.09, 14), "win_back": Effect(0.04, 21)}
NONE: Final = Effect(0.0, 0)


def effect(message: str) -> Effect:
    """What sending this message truly adds. All others add nothing."""
    return EFFECTS.get(message, NONE)


def star_chances(late_days: int) -> tuple[float, ...]:
    """The chances of one to five stars, for an order so many days after its promised day."""
    return next(chances for most, chances in STARS if late_days <= most)


def mean_stars(late_days: int) -> float:
    """The mean rating, for an order so many days late."""
    return sum(n * chance for n, chance in enumerate(star_chances(late_days), start=1))
