"""From a condition back to its text: what a person is shown of a part of it."""

from __future__ import annotations

from afterword.kernel.durations import written

from ..types import Age, Agg, Among, Arith, Attr, Compare, Has, Lit, Logic, Node


def text_of(node: Node) -> str:
    """The text that would be read as this node. What stood in a segment stands here written out."""
    match node:
        case Lit():
            return _constant(node)
        case Attr():
            return f"{node.owner}.{node.name}"
        case Agg():
            return _fold(node)
        case Age():
            return f"{_instant(node.of)}.age"
        case Has():
            return f"has({text_of(node.of)})"
        case Compare():
            return f"{text_of(node.left)} {node.op} {text_of(node.right)}"
        case Among():
            return f"{text_of(node.of)} in ({', '.join(map(text_of, node.values))}{',' if len(node.values) == 1 else ''})"
        case Arith():
            return f"{_bound(node.left)} {node.op} {_bound(node.right)}"
        case Logic(op="not"):
            return f"not {_bound(node.of[0])}"
        case Logic():
            return f" {node.op} ".join(map(_bound, node.of))


def _bound(node: Node) -> str:
    """A part of something larger; in brackets where it would otherwise be read another way."""
    return f"({text_of(node)})" if isinstance(node, Logic | Arith) else text_of(node)


def _instant(node: Node) -> str:
    """`last(order.placed)` of the instant `last(order.placed).at`: its age is written without the `.at`."""
    return text_of(node).removesuffix(".at")


def _fold(f: Agg) -> str:
    told = [f.event]
    if f.fn in ("sum", "avg", "min", "max"):
        told.append(f'"{f.prop}"')
    if f.last is not None:
        told.append(f'last="{written(f.last)}"')
    if f.where is not None:
        told.append(f"where={text_of(f.where).replace('event.', '')}")
    if f.same:
        told.append(f'same="{f.same}"')
    named = f"{f.fn}({', '.join(told)})"
    if f.fn in ("last", "first"):
        return f"{named}.{'at' if f.prop == 'occurred_at' else f.prop}"
    return named


def _constant(node: Lit) -> str:
    if node.currency:
        return f'money({node.value:g}, "{node.currency}")'
    if node.type == "age":
        return f'"{written(int(node.value))}"'
    if node.type == "text":
        return '"' + str(node.value).replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(node.value)
