"""From a condition to the statements that are kept with it. The only module here that needs a compiler."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import ibis

from afterword.kernel.purity import check
from afterword.loop.conditions.door import World, parts
from afterword.loop.events import door as events

from ..rules import condition
from ..tables import answers, everybody, some
from ..types import Compiled

_UNTIL = re.compile(r"\buntil\(\)", re.IGNORECASE)


def compiled(text: str, segments: Mapping[str, str], *, key: str = "", pins: Mapping[str, int] | None = None) -> Compiled:
    """A text as statements. What it names of other segments is written out and stays as it is.

    Raises BadCondition.
    """
    node = condition.understood(text, events.vocabulary, segments, key=key)
    world = World(events.vocabulary)
    names = condition.named(text)
    return Compiled(
        text=text,
        everybody=_statement(everybody(node, world)),
        some=_statement(some(node, world)),
        parts=_statement(answers(node, world)),
        reads=condition.reads(node),
        spoken=tuple(condition.spoken(part) for part in parts(node)),
        pins={name: (pins or {}).get(name, 0) for name in names},
    )


def _statement(expression: Any) -> str:
    """Its text for PostgreSQL, the moment of everybody as a parameter: a constant is folded once, a setting is read for each row."""
    text = str(ibis.to_sql(check(expression), dialect="postgres")).replace("%", "%%")
    return _UNTIL.sub("%(until)s::timestamptz", text)
