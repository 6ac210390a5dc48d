"""What the compiler must know of a whole template before it writes the first line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from liquid import BlockNode, ConditionalBlockNode, Node
from liquid.ast import IllegalNode
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import StringLiteral
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.builtin.tags.capture_tag import CaptureNode
from liquid.builtin.tags.case_tag import CaseNode, MultiExpressionBlockNode
from liquid.builtin.tags.comment_tag import CommentNode
from liquid.builtin.tags.cycle_tag import CycleNode
from liquid.builtin.tags.decrement_tag import DecrementNode
from liquid.builtin.tags.doc_tag import DocNode
from liquid.builtin.tags.echo_tag import EchoNode
from liquid.builtin.tags.for_tag import BreakNode, ContinueNode, ForNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.ifchanged_tag import IfChangedNode
from liquid.builtin.tags.increment_tag import IncrementNode
from liquid.builtin.tags.inline_comment_tag import InlineCommentNode
from liquid.builtin.tags.liquid_tag import LiquidNode
from liquid.builtin.tags.tablerow_tag import TablerowNode
from liquid.builtin.tags.unless_tag import UnlessNode

SILENT = (CommentNode, InlineCommentNode, DocNode, IllegalNode)
# The nodes that compile, by their exact class: a subclass may mean something else.
KNOWN: frozenset[type[Node]] = frozenset({
    BlockNode, ContentNode, OutputNode, EchoNode, AssignNode, CaptureNode, CaseNode, CommentNode, CycleNode, DecrementNode, DocNode,
    BreakNode, ContinueNode, ForNode, IfNode, IfChangedNode, IncrementNode, InlineCommentNode, LiquidNode, TablerowNode, UnlessNode,
    IllegalNode, ConditionalBlockNode, MultiExpressionBlockNode,
})  # fmt: skip


@dataclass
class Survey:
    """Names that the template itself gives (`assigned`), its counters, whether a loop goes on where one ended, and what is foreign."""

    assigned: set[str] = field(default_factory=set)
    counters: set[str] = field(default_factory=set)
    continues: bool = False
    foreign: bool = False


def parts(node: Node) -> Iterator[Node]:
    """The nodes inside a node that compiles."""
    if isinstance(node, BlockNode):
        yield from node.nodes
    elif isinstance(node, IfNode | UnlessNode):
        yield node.consequence
        yield from node.alternatives
        if node.default:
            yield node.default
    elif isinstance(node, ForNode):
        yield node.block
        if node.default:
            yield node.default
    elif isinstance(node, CaseNode):
        yield from node.blocks
    elif isinstance(node, CaptureNode | IfChangedNode | LiquidNode | TablerowNode | ConditionalBlockNode | MultiExpressionBlockNode):
        yield node.block


def surveyed(nodes: Sequence[Node]) -> Survey:
    """Look over all nodes once."""
    found = Survey()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if type(node) not in KNOWN or (isinstance(node, TablerowNode) and not node.interrupts):
            found.foreign = True
            continue
        if isinstance(node, AssignNode | CaptureNode):
            found.assigned.add(str(node.name))
        elif isinstance(node, IncrementNode | DecrementNode):
            found.counters.add(str(node.name))
        elif isinstance(node, ForNode | TablerowNode):
            offset = node.expression.offset
            found.continues |= isinstance(offset, StringLiteral) and offset.value == "continue"
        waiting.extend(parts(node))
    return found


def interrupted(node: Node) -> bool:
    """Whether a `break` or `continue` in here would leave it."""
    if isinstance(node, BreakNode | ContinueNode):
        return True
    if isinstance(node, ForNode):
        return node.default is not None and interrupted(node.default)
    return not isinstance(node, TablerowNode) and any(interrupted(part) for part in parts(node))


def speaks_of(node: Node, name: str) -> bool:
    """Whether a name may be read somewhere in here. It may say yes too often, never too seldom."""
    return name in str(node)
