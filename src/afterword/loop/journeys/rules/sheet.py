"""A YAML text changed where something changes, and nowhere else: what is not touched stays letter by letter, every comment included.

Values are replaced at their place in the text. What cannot be changed in place (a list written in one line) is written anew at its
place, with the comments that stood inside it above it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from afterword.kernel.documents import reader
from afterword.kernel.errors import Refused

Path = Sequence[str | int]
MISSING = object()
INDENT = 2
MOST_CHANGES = 2_000
_PLAIN = re.compile(r"^[A-Za-z_][A-Za-z0-9_ .,;/()’“”äöüăâîșț!?+-]*$")


class NotInPlace(Refused):
    """This draft is written in a way that cannot be changed here ({fault}); change it in the text."""


def composed(text: str) -> Node:
    """The nodes of a text with their places."""
    try:
        node = reader().compose(text)
    except (YAMLError, RecursionError, ValueError) as error:
        raise NotInPlace(fault="it is not YAML") from error
    if not isinstance(node, MappingNode):
        raise NotInPlace(fault="it is no mapping")
    return node


def plain(node: Node) -> Any:
    """The plain values of a node."""
    return reader().constructor.construct_document(node)


def found(node: Node, path: Path) -> Node | None:
    """The node at a path; the items of a list are known by their number or by their `id`."""
    for part in path:
        inner = _entry(node, part) if isinstance(node, MappingNode) else _item(node, part)
        if inner is None:
            return None
        node = inner[1]
    return node


def assigned(text: str, path: Path, value: Any, *, ordered: bool = False) -> str:
    """The text with this value at this path: made, changed or, with `MISSING`, taken away. `ordered`: its keys in this order too."""
    for _ in range(MOST_CHANGES):
        changed = _change(text, path, value, ordered)
        if changed == text:
            return text
        text = changed
    raise NotInPlace(fault="it never settles")


def _change(text: str, path: Path, value: Any, ordered: bool) -> str:
    """One change nearer to the value."""
    root = composed(text)
    parent = found(root, path[:-1])
    if parent is None:
        raise NotInPlace(fault="the place " + ".".join(map(str, path)) + " is not there")
    node = found(root, path)
    if value is MISSING:
        return text if node is None else _without(text, root, parent, path)
    if node is None:
        return _with(text, root, parent, path, value)
    return _nearer(text, root, node, path, value, ordered)


def _nearer(text: str, root: Node, node: Node, path: Path, value: Any, ordered: bool) -> str:
    now = plain(node)
    if now == value and type(now) is type(value) and not (ordered and isinstance(value, dict) and list(now) != list(value)):
        return text
    if isinstance(node, ScalarNode) and not isinstance(value, dict | list):
        return _rescaled(text, node, value)
    if isinstance(node, MappingNode) and isinstance(value, dict) and value and not node.flow_style:
        gone = [key for key in now if key not in value]
        for key in gone:
            if len(now) > 1:
                return assigned(text, [*path, key], MISSING)
        if not gone:
            for key, one in value.items():
                if now.get(key, MISSING) != one or (key in now and type(now[key]) is not type(one)):
                    return assigned(text, [*path, key], one)
            return _reordered(text, root, node, list(value))
    if isinstance(node, SequenceNode) and isinstance(value, list) and value and not node.flow_style and len(now) == len(value):
        for number, (before, after) in enumerate(zip(now, value, strict=True)):
            if before != after:
                return assigned(text, [*path, number], after)
    return _anew(text, root, path, value)


# Lines ----------------------------------------------------------------------------------------------------------------------


def last_line(text: Sequence[str], node: Node) -> int:
    """The last line on which a node says something."""
    if isinstance(node, ScalarNode):
        if node.style not in ("|", ">"):
            return int(node.end_mark.line)
        end = min(node.end_mark.line, len(text)) - (1 if node.end_mark.column == 0 or node.end_mark.line >= len(text) else 0)
        while end > node.start_mark.line and (not text[end].strip() or _is_shallow(text[end], text[node.start_mark.line])):
            end -= 1
        return int(end)
    if getattr(node, "flow_style", False) or not node.value:
        return int(node.end_mark.line)
    last = node.value[-1]
    return last_line(text, last[1] if isinstance(node, MappingNode) else last)


def _is_shallow(line: str, head: str) -> bool:
    """A comment below a block of text, no deeper than the key of the block."""
    return line.lstrip().startswith("#") and len(line) - len(line.lstrip()) <= len(head) - len(head.lstrip())


def dash_line(text: Sequence[str], item: Node) -> int:
    """The line on which an item of a list begins."""
    line = item.start_mark.line
    if text[line][: item.start_mark.column].rstrip().endswith("-"):
        return int(line)
    while line > 0:
        line -= 1
        if text[line].split("#")[0].strip() == "-":
            return int(line)
    raise NotInPlace(fault="a list is not written as lines with a dash")


def comments(text: str, root: Node) -> list[tuple[int, str]]:
    """Every comment with its line."""
    lines, taken = text.split("\n"), [(n.start_mark, n.end_mark) for n in _scalars(root)]
    out = []
    for number, line in enumerate(lines):
        for hit in re.finditer(r"(?:^|(?<=\s))#.*$", line):
            at = (number, hit.start())
            if not any((a.line, a.column) <= at < (b.line, b.column) for a, b in taken):
                out.append((number, hit.group()))
                break
            if (after := _after_scalar(line, number, taken)) is not None:
                out.append((number, after))
                break
    return out


def _after_scalar(line: str, number: int, taken: list[tuple[Any, Any]]) -> str | None:
    """The comment behind the last scalar of a line, where a `#` stands inside the scalar as well."""
    ends = [b.column for _, b in taken if b.line == number]
    rest = line[max(ends) :] if ends else ""
    found_ = re.match(r"\s+(#.*)$", rest)
    return found_.group(1) if found_ else None


def _scalars(node: Node) -> Iterator[ScalarNode]:
    if isinstance(node, ScalarNode):
        yield node
    for child in node.value if not isinstance(node, ScalarNode) else ():
        for one in child if isinstance(child, tuple) else (child,):
            yield from _scalars(one)


def swapped(text: str, root: Node, first: int, last: int, instead: Sequence[str]) -> str:
    """The text with other lines in the place of these; comments that stood in them are put above, or behind the first where they were."""
    lines = text.split("\n")
    inside = [(number, words) for number, words in comments(text, root) if first <= number <= last and words not in "\n".join(instead)]
    indent = re.match(r"\s*", instead[0] if instead else lines[first])
    margin = indent.group() if indent else ""
    above = [margin + words for number, words in inside if not (number == first and instead)]
    behind = next((words for number, words in inside if number == first and instead), "")
    new = [*above, *([f"{instead[0]}  {behind}" if behind else instead[0], *instead[1:]] if instead else [])]
    return "\n".join([*lines[:first], *new, *lines[last + 1 :]])


# One change -----------------------------------------------------------------------------------------------------------------


def _rescaled(text: str, node: ScalarNode, value: Any) -> str:
    """Another scalar in the place of this one, in quotes if it stood in quotes."""
    lines = text.split("\n")
    start, last = node.start_mark, last_line(lines, node)
    new = scalar(value)
    if isinstance(value, str) and node.style in ('"', "'") and not new.startswith('"'):
        new = json.dumps(value, ensure_ascii=False)
    before = lines[start.line][: start.column]
    if not node.value and node.style is None and start.column == len(before) and before.rstrip().endswith((":", "-")) and before[-1] != " ":
        before += " "
    after = lines[last][node.end_mark.column :] if node.style not in ("|", ">") and last == node.end_mark.line else ""
    return "\n".join([*lines[: start.line], (before + new + after).rstrip(), *lines[last + 1 :]])


def _without(text: str, root: Node, parent: Node, path: Path) -> str:
    lines = text.split("\n")
    if isinstance(parent, MappingNode) and not parent.flow_style and len(parent.value) > 1:
        key, value = _entry(parent, path[-1]) or (parent, parent)
        if not lines[key.start_mark.line][: key.start_mark.column].strip():
            return swapped(text, root, key.start_mark.line, last_line(lines, value), [])
    if isinstance(parent, SequenceNode) and not parent.flow_style and len(parent.value) > 1:
        item = (_item(parent, path[-1]) or (None, parent))[1]
        return swapped(text, root, dash_line(lines, item), last_line(lines, item), [])
    rest = plain(parent)
    if isinstance(rest, dict):
        rest = {key: value for key, value in rest.items() if key != path[-1]}
    else:
        rest = [one for number, one in enumerate(rest) if number != path[-1] and not (isinstance(one, dict) and one.get("id") == path[-1])]
    return _anew(text, root, path[:-1], rest)


def _with(text: str, root: Node, parent: Node, path: Path, value: Any) -> str:
    lines = text.split("\n")
    if isinstance(parent, MappingNode) and not parent.flow_style and parent.value:
        margin = " " * parent.value[0][0].start_mark.column
        last = last_line(lines, parent)
        return "\n".join([*lines[: last + 1], *(margin + line for line in written({path[-1]: value})), *lines[last + 1 :]])
    if isinstance(parent, SequenceNode) and not parent.flow_style and parent.value:
        at = lines[dash_line(lines, parent.value[0])]
        margin, last = at[: len(at) - len(at.lstrip())], last_line(lines, parent)
        return "\n".join([*lines[: last + 1], *(margin + line for line in written([value])), *lines[last + 1 :]])
    now = plain(parent)
    whole = [*now, value] if isinstance(now, list) else {**(now if isinstance(now, dict) else {}), path[-1]: value}
    return _anew(text, root, path[:-1], whole)


def _anew(text: str, root: Node, path: Path, value: Any) -> str:
    """The value of an entry or an item written anew, at its place."""
    if not path:
        raise NotInPlace(fault="all of it stands in one line")
    parent = found(root, path[:-1])
    if parent is None or getattr(parent, "flow_style", False):
        whole = plain(parent) if parent is not None else None
        if isinstance(whole, dict):
            whole[path[-1]] = value
        elif isinstance(whole, list):
            places = [n for n, one in enumerate(whole) if n == path[-1] or (isinstance(one, dict) and one.get("id") == path[-1])]
            whole[places[0]] = value
        else:
            raise NotInPlace(fault="its parts cannot be told apart")
        return _anew(text, root, path[:-1], whole)
    lines = text.split("\n")
    if isinstance(parent, MappingNode):
        key, node = _entry(parent, path[-1]) or (parent, parent)
        head = lines[key.start_mark.line][: key.start_mark.column]
        rest = written({path[-1]: value})
        new = [head + rest[0], *(" " * len(head) + line for line in rest[1:])]
        return swapped(text, root, key.start_mark.line, last_line(lines, node), new)
    node = (_item(parent, path[-1]) or (None, parent))[1]
    first = dash_line(lines, node)
    margin = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
    return swapped(text, root, first, last_line(lines, node), [margin + line for line in written([value])])


def _reordered(text: str, root: Node, node: MappingNode, keys: list[Any]) -> str:
    """The entries of a mapping in another order, each with the comments right above it."""
    lines = text.split("\n")
    starts = [key.start_mark.line for key, _ in node.value]
    if len(set(starts)) < len(starts) or lines[starts[0]][: node.value[0][0].start_mark.column].strip():
        raise NotInPlace(fault="its parts stand in one line")
    blocks: dict[Any, list[str]] = {}
    begin = starts[0]
    for key, value in node.value:
        last = last_line(lines, value)
        blocks[plain(key)] = lines[begin : last + 1]
        begin = last + 1
    if list(blocks) == keys:
        return text
    return "\n".join([*lines[: starts[0]], *(line for key in keys for line in blocks[key]), *lines[begin:]])


def _entry(node: Node, name: str | int) -> tuple[Node, Node] | None:
    """Key and value of an entry of a mapping."""
    if not isinstance(node, MappingNode):
        return None
    return next(((key, value) for key, value in node.value if key.value == str(name)), None)


def _item(node: Node, name: str | int) -> tuple[Node | None, Node] | None:
    """An item of a list, by number or by its id."""
    if not isinstance(node, SequenceNode):
        return None
    if isinstance(name, int):
        return (None, node.value[name]) if 0 <= name < len(node.value) else None
    for one in node.value:
        entry = _entry(one, "id")
        if entry is not None and entry[1].value == name:
            return None, one
    return None


# Writing --------------------------------------------------------------------------------------------------------------------


def written(value: Any) -> list[str]:
    """A value as lines of YAML."""
    if isinstance(value, Mapping) and value:
        out: list[str] = []
        for key, one in value.items():
            name = scalar(str(key))
            if isinstance(one, Mapping | list | tuple) and one:
                out += [f"{name}:", *(" " * INDENT + line for line in written(one))]
            else:
                out.append(f"{name}: {scalar(one)}")
        return out
    if isinstance(value, list | tuple) and value:
        out = []
        for one in value:
            first, *rest = written(one)
            out += [f"- {first}", *(" " * INDENT + line for line in rest)]
        return out
    return [scalar(value)]


def scalar(value: Any) -> str:
    """A single value as YAML that reads back as the same value."""
    if value is None:
        return '""'
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    if isinstance(value, Mapping | list | tuple):
        return "{}" if isinstance(value, Mapping) else "[]"
    text = str(value)
    if text and text == text.strip() and "\n" not in text and len(text) < 1_000 and _reads_back(text):
        return text
    return json.dumps(text, ensure_ascii=False)


def _reads_back(text: str) -> bool:
    if re.match(r"^[\d:]+$", text) or text.lower() in ("yes", "no", "on", "off", "null", "true", "false", "y", "n"):
        return False  # other readers of YAML take these for something else
    if _PLAIN.match(text) and ": " not in text:
        return True
    if text[0] in "\"'[]{}&*!|>%@`#,?:-" or ": " in text or " #" in text or text.endswith(":"):
        return False
    try:
        return bool(reader().load(f"a: {text}\n") == {"a": text})
    except (YAMLError, ValueError):
        return False
