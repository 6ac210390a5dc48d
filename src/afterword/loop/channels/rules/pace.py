"""How fast a domain may send, and how long a provider that fails is left in peace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

T = TypeVar("T")
# A new domain: so many on its first day, then twice as many each day, until nobody counts any more.
FIRST_DAY, WARM_AFTER = 50, 14
TRIES, SHORTEST, LONGEST = 3, timedelta(seconds=30), timedelta(minutes=15)


def day_allowance(warm_from: date | None, today: date) -> int | None:
    """How many messages a domain may send on a day; None for as many as there are."""
    if warm_from is None or (age := (today - warm_from).days) >= WARM_AFTER:
        return None
    return int(FIRST_DAY * 2 ** max(age, 0))


def granted(wanted: Sequence[tuple[T, str]], left: Mapping[str, int | None], most: int | None) -> tuple[list[T], list[T]]:
    """Who may go and who waits: at most `left` for each receiving domain and `most` in all, in the order given.

    Args:
        wanted: who wants to go, and to which receiving domain.
        left: receiving domain → how many may still go there; None for any number.
        most: how many may still go at all; None for any number.
    """
    go, wait = list[T](), list[T]()
    taken: dict[str, int] = {}
    for one, domain in wanted:
        room = left.get(domain)
        if (most is not None and len(go) >= most) or (room is not None and taken.get(domain, 0) >= room):
            wait.append(one)
        else:
            taken[domain] = taken.get(domain, 0) + 1
            go.append(one)
    return go, wait


def rest_after(failures: int, now: datetime) -> datetime | None:
    """Until when a provider rests after so many failures in a row; None while it is still tried."""
    if failures < TRIES:
        return None
    rest: timedelta = min(SHORTEST * 2.0 ** min(failures - TRIES, 10), LONGEST)
    return now + rest
