"""Of which questions a condition is made, and what one looks at to answer each."""

from __future__ import annotations

from ..types import Among, Compare, Has, Lit, Logic, Node


def parts(node: Node) -> tuple[Node, ...]:
    """The questions that `and`, `or` and `not` are made of, each once, in the order in which they are written."""
    if isinstance(node, Logic):
        return tuple(dict.fromkeys(part for one in node.of for part in parts(one)))
    return (node,)


def seen(part: Node) -> Node:
    """What one looks at to answer a part: the left side of a comparison, or the part itself."""
    match part:
        case Compare():
            return part.right if isinstance(part.left, Lit) else part.left
        case Among() | Has():
            return part.of
        case _:
            return part
