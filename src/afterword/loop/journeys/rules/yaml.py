"""YAML in and out. Comments and order survive, because what is kept is the text itself."""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from afterword.kernel.documents import NotPlain, reader, values

from ..types import BadJourney

LONGEST = 200_000


def loaded(text: str) -> Any:
    """The plain values of a YAML document; what is not YAML is refused with its line."""
    try:
        return values(text, longest=LONGEST)
    except NotPlain as refusal:
        raise BadJourney(
            place=str(refusal.values["place"]), fault=str(refusal.values["fault"]), expected="each line indented under what it belongs to"
        ) from refusal


_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def line_of(text: str, place: str) -> int | None:
    """The line, from 1, on which the place that a refusal names stands, as near as it can be found; None where nothing is known."""
    return position(text, place)[0]


def position(text: str, place: str, within: int = 0) -> tuple[int | None, int | None]:
    """The line and the column, from 1, at which a place begins, as near as it can be found.

    Args:
        within: a column inside the text that stands there, from 1; 0 for the place as a whole.
    """
    if found := re.fullmatch(r"line (\d+)", place):
        return int(found.group(1)), None
    try:
        node = reader().compose(text)
    except (YAMLError, RecursionError, ValueError):
        return None, None
    at, value = None, None
    for name, number in _PART.findall(place.removeprefix("document.")):
        key, node = _inside(node, name, number)
        if node is None:
            break
        at, value = key.start_mark, node
    if within and isinstance(value, ScalarNode) and value.style not in ("|", ">") and value.start_mark.line == value.end_mark.line:
        return value.start_mark.line + 1, value.start_mark.column + within + (1 if value.style else 0)
    return (at.line + 1, at.column + 1) if at else (None, None)


def _inside(node: Node | None, name: str, number: str) -> tuple[Any, Any]:
    """The part of this name or number: where it begins, and what it is. Steps are known by their id."""
    if isinstance(node, MappingNode):
        return next(((key, value) for key, value in node.value if key.value == name), (None, None))
    if isinstance(node, SequenceNode):
        if number:
            found = node.value[int(number)] if int(number) < len(node.value) else None
            return found, found
        named = (one for one in node.value if _inside(one, "id", "")[1] is not None and _inside(one, "id", "")[1].value == name)
        found = next(named, None)
        return found, found
    return None, None
