"""The stopping rule: when it may be said which arm is better, and when it must be said that this cannot be told."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from ..types import Arm, Pair, Plan, Verdict
from .reckoning import ALPHA, always_valid, newcombe, pairs_of

FEWEST = 100  # ripe people an arm, before an interval that rests on large numbers is believed


def verdict(plan: Plan, arms: Sequence[Arm], *, over: bool) -> Verdict:
    """What the rule says of these counts.

    Args:
        arms: the first part's; only those count whose time is over.
        over: whether the time of everybody of the first part is over. The fixed rule says nothing before.
    """
    if plan.rule == "fixed":
        return _settled(_pairs(plan, arms), arms) if over else Verdict("not_yet")
    pairs = _pairs(plan, arms)
    enough = all(arm.ripe >= FEWEST for arm in arms)
    found = _settled(pairs, arms) if enough else Verdict("not_yet", pairs=pairs)
    if found.state == "won":
        return found
    return Verdict("unclear" if over else "not_yet", pairs=pairs)


def _pairs(plan: Plan, arms: Sequence[Arm]) -> tuple[Pair, ...]:
    alpha = ALPHA / pairs_of(len(arms))
    found = []
    for a, b in combinations(arms, 2):
        counts = (a.did, a.ripe, b.did, b.ripe)
        interval = newcombe(*counts, alpha=alpha) if plan.rule == "fixed" else always_valid(*counts, smallest=plan.smallest, alpha=alpha)
        found.append(Pair(a.name, b.name, *interval))
    return tuple(found)


def _settled(pairs: tuple[Pair, ...], arms: Sequence[Arm]) -> Verdict:
    """An arm has won that is better than each other one, told."""
    for arm in arms:
        against = [pair for pair in pairs if arm.name in (pair.first, pair.second)]
        if against and all(pair.low > 0 if pair.first == arm.name else pair.high < 0 for pair in against):
            return Verdict("won", arm.name, pairs)
    return Verdict("unclear", "", pairs)
