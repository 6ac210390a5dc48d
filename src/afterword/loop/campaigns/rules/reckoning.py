"""Numbers that can be stood by: how many people a test needs, and what differences may be told from what was counted.

`always_valid` may be looked at as often as one likes. It inverts the mixture sequential probability ratio test with a normal
mixture: Johari, Koomen, Pekelis, Walsh, "Always Valid Inference: Continuous Monitoring of A/B Tests", Operations Research 70(3),
2022 (arXiv:1512.04922), equation for the confidence sequence of a difference of two means; with estimated variances it is
asymptotic in the sense of Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas (arXiv:2103.06476). `newcombe` is method 10 of Newcombe,
Statistics in Medicine 17, 1998; it is for one look.
"""

from __future__ import annotations

from math import ceil, log, sqrt
from statistics import NormalDist

ALPHA, POWER = 0.05, 0.80
NORMAL = NormalDist()
Interval = tuple[float, float, float]  # the estimate, its lower and its upper bound


def z(alpha: float) -> float:
    """The two-sided quantile."""
    return NORMAL.inv_cdf(1 - alpha / 2)


def pairs_of(arms: int) -> int:
    """In how many pairs arms are compared; each gets its part of the error that is allowed."""
    return max(1, arms * (arms - 1) // 2)


def needed(base: float, smallest: float, arms: int, *, alpha: float = ALPHA, power: float = POWER) -> int:
    """How many people each arm needs, so that a difference of `smallest` is found with this power, all pairs taken together."""
    other = min(max(base + smallest, 1e-9), 1 - 1e-9)
    mean = (base + other) / 2
    reach = z(alpha / pairs_of(arms)) * sqrt(2 * mean * (1 - mean)) + NORMAL.inv_cdf(power) * sqrt(base * (1 - base) + other * (1 - other))
    return ceil((reach / smallest) ** 2)


def detectable(base: float, people: int, arms: int, *, alpha: float = ALPHA, power: float = POWER) -> float | None:
    """The smallest difference that so many people an arm can tell with this power; None where even the whole rest cannot be told."""
    low, high = 0.0, 1 - base
    if people < 2 or needed(base, high, arms, alpha=alpha, power=power) > people:
        return None
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if needed(base, middle, arms, alpha=alpha, power=power) <= people else (middle, high)
    return high


def wilson(did: int, of: int, *, alpha: float = ALPHA) -> Interval:
    """A share and its interval (Wilson's score)."""
    if of == 0:
        return 0.0, 0.0, 1.0
    share, q = did / of, z(alpha)
    centre = (share + q * q / (2 * of)) / (1 + q * q / of)
    half = q / (1 + q * q / of) * sqrt(share * (1 - share) / of + q * q / (4 * of * of))
    return share, max(0.0, centre - half), min(1.0, centre + half)


def newcombe(did_a: int, of_a: int, did_b: int, of_b: int, *, alpha: float = ALPHA) -> Interval:
    """The difference of two shares and its interval. For one look at the end."""
    a, a_low, a_high = wilson(did_a, of_a, alpha=alpha)
    b, b_low, b_high = wilson(did_b, of_b, alpha=alpha)
    gap = a - b
    return gap, gap - sqrt((a - a_low) ** 2 + (b_high - b) ** 2), gap + sqrt((a_high - a) ** 2 + (b - b_low) ** 2)


def always_valid(did_a: int, of_a: int, did_b: int, of_b: int, *, smallest: float, alpha: float = ALPHA) -> Interval:
    """The difference of two shares and an interval that holds at all looks together.

    Args:
        smallest: the smallest difference worth telling, which is the scale of the mixture. It must be stated before the start.
    """
    if of_a < 2 or of_b < 2:
        return 0.0, -1.0, 1.0
    # Half a success and half a failure more keep the variance of a share that is still 0 or 1 from vanishing.
    a, b = (did_a + 0.5) / (of_a + 1), (did_b + 0.5) / (of_b + 1)
    gap, spread = did_a / of_a - did_b / of_b, a * (1 - a) / of_a + b * (1 - b) / of_b
    mixture = smallest * smallest
    half = sqrt(spread * (spread + mixture) / mixture * (2 * log(1 / alpha) + log((spread + mixture) / spread)))
    return gap, max(-1.0, gap - half), min(1.0, gap + half)


def welch(mean_a: float, variance_a: float, of_a: int, mean_b: float, variance_b: float, of_b: int, *, alpha: float = ALPHA) -> Interval:
    """The difference of two means and its interval, for many people (the normal quantile)."""
    half = z(alpha) * sqrt(variance_a / max(of_a, 1) + variance_b / max(of_b, 1))
    gap = mean_a - mean_b
    return gap, gap - half, gap + half
