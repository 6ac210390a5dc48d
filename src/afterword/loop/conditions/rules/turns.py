"""When a condition may turn by time alone: nothing new becomes known, and yet the answer is another one."""

from __future__ import annotations

from ..types import Age, Agg, Compare, Lit, Node, Turn, walk


def turns(node: Node) -> tuple[Turn, ...]:
    """Every instant at which the answer may change though nothing happens.

    An event leaves a window when it is as old as the window is long; an age reaches the limit that it is compared with. That
    is all: what is read of customers changes with what becomes known of them. Too many instants do no harm, one too few would.
    """
    found: dict[Turn, None] = {}
    for one in walk(node):
        if isinstance(one, Agg) and one.last is not None:
            oldest = Agg("min", one.event, "occurred_at", one.last, one.where, one.same, "instant")
            found[Turn(oldest, one.last)] = None
        if isinstance(one, Compare):
            for age, limit in ((one.left, one.right), (one.right, one.left)):
                if isinstance(age, Age) and isinstance(limit, Lit):
                    found[Turn(age.of, int(limit.value))] = None
    return tuple(found)
