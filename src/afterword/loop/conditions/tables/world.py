"""What a pass may see of the world: typed events, histories, the customers' clocks, and the two bounds.

All tables are unbound: who binds them to PostgreSQL or to the lake is none of the expression's business.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import ibis

from afterword.kernel.shapes import Kind, Vocabulary, readable, view_name, wide_name

from ..types import COLUMN_TYPES, COMMON, CUSTOMER_HISTORY, INSTANT, LOCAL_CLOCK, ORDER_HISTORY


@ibis.udf.scalar.builtin(signature=((), INSTANT))  # type: ignore[untyped-decorator]
def since() -> Any:
    """The frontier of the pass before: events up to here have been seen."""


@ibis.udf.scalar.builtin(signature=((), INSTANT))  # type: ignore[untyped-decorator]
def until() -> Any:
    """The horizon of this pass: nothing that became known later is visible."""


@cache
def customers() -> Any:
    """What was known of each customer, from when to when."""
    return ibis.table(CUSTOMER_HISTORY, name="customer_history")


@cache
def orders() -> Any:
    """What was known of each order, from when to when."""
    return ibis.table(ORDER_HISTORY, name="order_history")


@cache
def clocks() -> Any:
    """For each zone and clock (such as `09:00` or `mon-fri 09:00`): whoever asks in (after, asked_until] is answered `strikes_at`."""
    return ibis.table(LOCAL_CLOCK, name="local_clock")


@dataclass(frozen=True)
class World:
    """The vocabulary, as tables."""

    vocabulary: Vocabulary

    def events(self, name: str) -> Any:
        """The typed events of one name: the common columns and every readable property."""
        definition = self.vocabulary.definition(name)
        return ibis.table({**COMMON, **{p.name: COLUMN_TYPES[p.kind] for p in readable(definition)}}, name=view_name(name))

    def any(self, wanted: Iterable[tuple[str, str]]) -> Any:
        """All events, with the wanted (event, property) pairs in columns called by `wide_name`."""
        return self._wide(wanted, "event_any")

    def lately(self, wanted: Iterable[tuple[str, str]]) -> Any:
        """The same, for what became known after a visit began: what is older than every visit of the pass may be missing."""
        return self._wide(wanted, "event_lately")

    def _wide(self, wanted: Iterable[tuple[str, str]], table: str) -> Any:
        wide = {wide_name(event, prop): COLUMN_TYPES[self.kind(event, prop)] for event, prop in wanted}
        return ibis.table({**COMMON, "name": "string", **dict(sorted(wide.items()))}, name=table)

    def recalled(self, wanted: Iterable[tuple[str, str]]) -> Any:
        """The same, with the past that merges gave: each event counts from `seen_from` until it is `forgotten_at`."""
        wide = {wide_name(event, prop): COLUMN_TYPES[self.kind(event, prop)] for event, prop in wanted}
        seen = {"name": "string", "seen_from": INSTANT, "forgotten_at": INSTANT}
        return ibis.table({**COMMON, **seen, **dict(sorted(wide.items()))}, name="event_recalled")

    def kind(self, event: str, prop: str) -> Kind:
        """The kind of a readable property."""
        return next(p.kind for p in readable(self.vocabulary.definition(event)) if p.name == prop)
