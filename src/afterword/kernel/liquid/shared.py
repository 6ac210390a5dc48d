"""The nodes of a template that shares its scope with others (`include`, `render`, foreign tags), against python-liquid's context."""

from __future__ import annotations

from collections.abc import Sequence

from liquid import BlockNode, Node
from liquid.builtin.tags.cycle_tag import CycleNode
from liquid.builtin.tags.decrement_tag import DecrementNode
from liquid.builtin.tags.for_tag import BreakNode, ContinueNode, ForNode
from liquid.builtin.tags.ifchanged_tag import IfChangedNode
from liquid.builtin.tags.increment_tag import IncrementNode
from liquid.builtin.tags.tablerow_tag import TablerowNode

from .nodes import Nodes


class ContextNodes(Nodes):
    """Writes to a stream of python-liquid's, and leaves to its own nodes what keeps its state in the context."""

    def template(self, nodes: Sequence[Node]) -> None:
        self.limit = None  # the stream counts by itself
        super().template(nodes)

    def flush(self) -> None:
        self._settle()
        self.expressions.held = 0
        for text, mark in self.pieces:
            self.code.line(f"o{self.sink}.write({text})", mark)
        self.pieces = []

    def apart(self, block: BlockNode) -> str:
        inner = self.code.fresh("")
        self.code.line(f"o{inner} = ctx.get_buffer({self.stream()})")
        with self.writing_to(inner):
            self.block(block)
        return f"o{inner}.getvalue()"

    def stream(self) -> str:
        return f"o{self.sink}" if self.sink else "NOWHERE"

    def if_changed(self, node: IfChangedNode) -> None:
        held = self.code.fresh("y")
        self.code.line(f"{held} = {self.apart(node.block)}")
        with self.code.under(f"if ctx.ifchanged({held}):"):
            self.piece(held)
            self.flush()

    def count(self, node: IncrementNode | DecrementNode) -> None:
        self.leave(node)

    def cycle(self, node: CycleNode) -> None:
        self.leave(node)

    def table(self, node: TablerowNode) -> None:
        self.leave(node)

    def leave(self, node: Node) -> None:
        """What python-liquid's own node does."""
        if isinstance(node, BreakNode | ContinueNode):
            self._left(isinstance(node, BreakNode))
        else:
            self.code.line(f"{self.code.constant(node)}.render(ctx, {self.stream()})")

    def _left(self, ends: bool) -> None:
        self.code.line("raise BREAK('break')" if ends else "raise CONTINUE('continue')")

    def loop(self, node: ForNode) -> None:
        item, count, drop, scope = (self.code.fresh(letter) for letter in "vnfs")
        one, name = node.expression, self.code.constant(str(node.expression.identifier))
        self.code.line(f"i{count}, {count} = {self.code.constant(one)}.evaluate(ctx)")
        with self.code.under(f"if {count}:"):
            title = self.code.constant(f"{one.identifier}-{one.iterable}")
            self.code.line(f"{drop} = FORLOOP({title}, i{count}, {count}, ctx.parentloop())")
            self.code.line(f"{scope} = {{'forloop': {drop}, {name}: None}}")
            with self.code.under(f"with ctx.loop({scope}, {drop}):"), self.code.under(f"for {item} in {drop}:"):
                self.code.line(f"{scope}[{name}] = {item}")
                with self.code.under("try:"):
                    self.block(node.block)
                self.code.line("except CONTINUE: continue")
                self.code.line("except BREAK: break")
        if node.default:
            with self.code.under("else:"):
                self.block(node.default)
