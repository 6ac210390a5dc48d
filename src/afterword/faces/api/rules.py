"""How much one key may tell: a bucket that fills at a steady rate. The clock is given."""

from __future__ import annotations

import math
from dataclasses import dataclass

SMALLEST = 1e-6  # of an event: less than that is a slip of the reckoning


@dataclass(frozen=True)
class Allowance:
    """What a key may tell: `rate` events a second for ever, `burst` at once after a rest."""

    rate: int
    burst: int


@dataclass(frozen=True)
class Standing:
    """How a key stands after asking: `wait` is 0 where it may go on, else the whole seconds after which it may ask again.

    `reset` is after how many whole seconds everything is free again.
    """

    limit: int
    remaining: int
    reset: int
    wait: int

    def headers(self) -> dict[str, str]:
        """As HTTP says it (the RateLimit header fields)."""
        said = {"RateLimit-Limit": str(self.limit), "RateLimit-Remaining": str(self.remaining), "RateLimit-Reset": str(self.reset)}
        return said | ({"Retry-After": str(self.wait)} if self.wait else {})


@dataclass(frozen=True)
class Bucket:
    """What was free at a moment."""

    free: float
    at: float

    def ask(self, events: int, now: float, allowed: Allowance) -> tuple[Bucket, Standing]:
        """Take so many events out, unless there are fewer; what is left either way.

        A batch larger than the bucket goes when the bucket is full, or it never could.
        """
        free = min(float(allowed.burst), self.free + max(0.0, now - self.at) * allowed.rate)
        needed = min(events, allowed.burst)
        wait = 0 if needed - free <= SMALLEST else max(1, math.ceil((needed - free) / allowed.rate))
        left = free if wait else max(0.0, free - events)
        reset = math.ceil((allowed.burst - left) / allowed.rate)
        return Bucket(left, now), Standing(allowed.burst, int(left), reset, wait)


def full(now: float, allowed: Allowance) -> Bucket:
    """The bucket of a key that has not asked for long."""
    return Bucket(float(allowed.burst), now)
