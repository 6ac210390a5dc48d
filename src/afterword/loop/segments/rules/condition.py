"""What a segment's text means, and of which parts its answer is made."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from afterword.kernel.shapes import Vocabulary
from afterword.loop.conditions.door import Scope, oddities, parse, seen, text_of
from afterword.loop.conditions.types import Agg, BadCondition, Node, walk

from ..types import BadSegment

_KEY = re.compile(r"^[a-z][a-z0-9_]{0,59}$")
OWN = "segment."
RESERVED = frozenset({"count", "new", "overlap", "rows", "save", "try"})  # pages of their own beside those of the segments


def understood(text: str, vocabulary: Vocabulary, segments: Mapping[str, str], *, key: str = "") -> Node:
    """The condition of a segment, typed; a `BadCondition` names what is wrong.

    Args:
        segments: the conditions of the segments it may name, by key.
        key: its own key, which it may not lead back to.
    """
    node = parse(text, Scope(vocabulary, segments=segments, alone=True, within=(key,) if key else ()))
    for one in walk(node, into_where=True):
        if isinstance(one, Agg) and one.event.startswith(OWN):
            raise BadCondition(
                column=max(text.find(one.event), 0) + 1, text=text, fault=f"a segment cannot hang on {one.event}",
                expected='in_segment("…"), which asks the other segment itself',
            )  # fmt: skip
    for never, whole, why in oddities(node, vocabulary, ""):
        if never and whole:
            raise BadCondition(column=1, text=text, fault=f"“{why}” can never be true", expected="values that one person can have at once")
    return node


def named(text: str) -> tuple[str, ...]:
    """The keys of the segments that a readable text names itself."""
    calls = [n for n in ast.walk(ast.parse(text.strip(), mode="eval")) if isinstance(n, ast.Call)]
    keys = [
        n.args[0].value for n in calls if isinstance(n.func, ast.Name) and n.func.id == "in_segment" and isinstance(n.args[0], ast.Constant)
    ]
    return tuple(dict.fromkeys(str(key) for key in keys))


def reads(node: Node) -> tuple[str, ...]:
    """The names of all events that a condition folds over."""
    return tuple(sorted({one.event for one in walk(node) if isinstance(one, Agg)}))


def spoken(part: Node) -> dict[str, str]:
    """A part as it is told: its text, and the kind of the value that is looked at."""
    return {"text": text_of(part), "type": seen(part).type}


def checked_key(key: str) -> str:
    """The key, if it can be one."""
    if not _KEY.match(key) or key in RESERVED:
        raise BadSegment(place="key", fault=f"is “{key[:60]}”", expected="lower case letters, digits and _, beginning with a letter")
    return key


def key_from(name: str) -> str:
    """A key made of a name: `Repeat buyers, 2+` → `repeat_buyers_2`."""
    made = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:60].rstrip("_")
    return made if _KEY.match(made) and made not in RESERVED else f"segment_{made}".rstrip("_")[:60]
