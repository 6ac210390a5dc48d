"""YAML in and out. Comments and order survive, because what is kept is the text itself."""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

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
    if found := re.fullmatch(r"line (\d+)", place):
        return int(found.group(1))
    try:
        node = reader().compose(text)
    except (YAMLError, RecursionError, ValueError):
        return None
    line = None
    for name, number in _PART.findall(place.removeprefix("document.")):
        key, node = _inside(node, name, number)
        if node is None:
            break
        line = key.start_mark.line + 1
    return line


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
