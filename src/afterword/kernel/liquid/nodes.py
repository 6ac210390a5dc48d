"""The nodes of a template as statements of Python, for a template whose whole scope is known from its text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from liquid import BlockNode, Environment, Expression, Node
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import FilteredExpression, LoopExpression, Nil, StringLiteral
from liquid.builtin.expressions.primitive import FloatLiteral, IntegerLiteral
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.builtin.tags.capture_tag import CaptureNode
from liquid.builtin.tags.case_tag import CaseNode, MultiExpressionBlockNode
from liquid.builtin.tags.cycle_tag import CycleNode
from liquid.builtin.tags.decrement_tag import DecrementNode
from liquid.builtin.tags.for_tag import BreakNode, ContinueNode, ForNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.ifchanged_tag import IfChangedNode
from liquid.builtin.tags.increment_tag import IncrementNode
from liquid.builtin.tags.liquid_tag import LiquidNode
from liquid.builtin.tags.tablerow_tag import TablerowNode
from liquid.builtin.tags.unless_tag import UnlessNode
from liquid.mode import Mode

from .code import Code, Mark
from .expressions import Expressions
from .names import Bound, Names, NeedsContext
from .survey import SILENT, Survey, interrupted, speaks_of

MOST_TOGETHER = 48  # pieces that are written at once; between two counts of what was written no more than these come


class Nodes:
    """Writes nodes. Texts are gathered and written together, so most of a template becomes a few long tuples."""

    def __init__(self, code: Code, names: Names, expressions: Expressions, env: Environment, survey: Survey) -> None:
        self.code, self.names, self.expressions, self.env, self.survey = code, names, expressions, env, survey
        self.strict = env.mode == Mode.STRICT
        self.singly = not (self.strict and names.lenient)  # whether it matters which of two pieces is worked out first
        self.limit = env.output_stream_limit
        self.sink = "0"  # the number of the list that is written to; empty: nothing is written
        self.pieces: list[tuple[str, Mark]] = []
        self.passed = self.counted = 0  # pieces that were written so far, and when they were last counted on the way to here
        self.still = ""  # static text that waits for its neighbours
        self.loops: list[tuple[str, str]] = []  # what leaves the loops around: their kind, and a flag where there is one
        self.turns: list[str] = []  # the variables with the number of turns of the loops around
        self.parents = ["NO_PARENT"]
        self.writers: dict[type[Node], Callable[..., None]] = {
            AssignNode: self.assign, CaptureNode: self.capture, CaseNode: self.case, CycleNode: self.cycle, IfNode: self.either,
            UnlessNode: self.either, ForNode: self.loop, IfChangedNode: self.if_changed, IncrementNode: self.count,
            DecrementNode: self.count, TablerowNode: self.table, LiquidNode: lambda one: self.block(one.block), BlockNode: self.block,
        }  # fmt: skip

    # -- the whole ------------------------------------------------------------------------------------------------------

    def template(self, nodes: Sequence[Node]) -> None:
        """All nodes, one after the other; where faults are forgiven, each on its own."""
        for node in nodes:
            self.code.node = node.token
            if self.strict:
                self.node(node)
                continue
            with self.code.under("try:"):
                self.node(node)
                self.flush()
            with self.code.under("except Exception as fault:"):
                self.code.line("FORGIVE(fault, within)")
        self.flush()

    def block(self, block: BlockNode) -> None:
        """The nodes of a block; one that says nothing but blanks writes nothing."""
        counted = self.counted
        if not (block.blank and self.env.suppress_blank_control_flow_blocks):
            self.every(block)
        else:
            with self.writing_to(""):
                self.every(block)
        self.counted = counted  # what was counted in here may not have been passed

    def every(self, block: BlockNode) -> None:
        for node in block.nodes:
            self.node(node)
        self.flush()

    def node(self, node: Node) -> None:
        if isinstance(node, SILENT):
            return
        if type(node) is ContentNode:
            self.text(node.text)
        elif isinstance(node, OutputNode):
            self.output(node.expression)
        else:
            self.flush()
            write = self.writers.get(type(node), self.leave)
            write(node)

    # -- writing --------------------------------------------------------------------------------------------------------

    @contextmanager
    def writing_to(self, sink: str) -> Iterator[None]:
        before, self.sink = self.sink, sink
        yield
        self.flush()
        self.sink = before

    def text(self, text: str) -> None:
        if self.limit is not None and "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if self.sink:
            self.still += text

    def piece(self, expression: str) -> None:
        """An expression that is a text when it is evaluated."""
        self._settle()
        if self.sink:
            self.pieces.append((expression, Mark(self.code.node)))
        else:
            self.code.line(expression)
        if self.singly or len(self.pieces) >= MOST_TOGETHER:
            self.flush()

    def _settle(self) -> None:
        if self.still:
            self.pieces.append((self.code.constant(self.still), Mark(self.code.node)))
            self.still = ""

    def flush(self) -> None:
        """Write what was gathered, so that what comes next stands behind it."""
        self._settle()
        self.expressions.held = 0
        if not self.pieces:
            return
        pieces, self.pieces = self.pieces, []
        if len(pieces) == 1:
            self.code.line(f"o{self.sink}.append({pieces[0][0]})", pieces[0][1])
        else:
            self.code.line(f"o{self.sink} += (")
            for text, mark in pieces:
                self.code.line(f"{text},", mark)
            self.code.line(")")
        self.passed += len(pieces)
        if self.passed - self.counted >= MOST_TOGETHER:
            self.meter()
            self.counted = self.passed

    def meter(self) -> None:
        if self.limit is not None and self.sink:
            self.code.line(f"METERED(o{self.sink}, m{self.sink}, {int(self.limit)})")

    def output(self, one: Expression) -> None:
        alone = one.left if type(one) is FilteredExpression and not one.filters else one
        if isinstance(alone, Nil):
            return
        if isinstance(alone, StringLiteral):
            self.text(alone.value)
            return
        if isinstance(alone, IntegerLiteral | FloatLiteral):
            self.text(str(alone.value))
            return
        if self.singly or any("SPAN(" in text for text, _ in self.pieces):
            self.flush()
        self.piece(self.written(self.expressions.filtered(one)))

    def written(self, value: str) -> str:
        """A value as text: a plain text at its place, all else by its own rule."""
        if self.env.autoescape:
            return f"(ESCAPE(v) if type(v := {value}) is str else ESCAPED(v))"
        return f"(v if type(v := {value}) is str else SPOKEN(v))"

    # -- names ----------------------------------------------------------------------------------------------------------

    def assign(self, node: AssignNode) -> None:
        self.names.assign(str(node.name), self.expressions.filtered(node.expression))

    def capture(self, node: CaptureNode) -> None:
        text = self.apart(node.block)
        self.names.assign(str(node.name), f"MARKUP({text})" if self.env.autoescape else text)

    def apart(self, block: BlockNode) -> str:
        """A block written to a list of its own; the expression for all its text."""
        outer, inner = self.sink, self.code.fresh("")
        self.meter()
        self.code.line(f"o{inner} = []")
        if self.limit is not None:
            around = f"m{outer}[1], (o{outer}, m{outer})" if outer else "0, None"
            self.code.line(f"m{inner} = [0, {around}]")
        with self.writing_to(inner):
            self.block(block)
            self.flush()
            self.meter()
        return f"JOINED(o{inner})" if self.limit is not None else f"''.join(o{inner})"

    def count(self, node: IncrementNode | DecrementNode) -> None:
        step = 1 if isinstance(node, IncrementNode) else -1
        self.piece(f"COUNTED(counters, {self.code.constant(str(node.name))}, {step})")
        self.flush()  # what comes next may read it

    def cycle(self, node: CycleNode) -> None:
        group = f"GROUP({self.expressions.value(node.group)})" if node.group else "''"
        args = ", ".join(self.expressions.value(arg) for arg in node.args)
        self.piece(self.written(f"TURN(cycles, {group}, [{args}], {bool(node.group_by_args)})"))

    def if_changed(self, node: IfChangedNode) -> None:
        held = self.code.fresh("y")
        text = self.apart(node.block)
        self.code.line(f"{held} = {text}")
        with self.code.under(f"if {held} != changed:"):
            self.code.line(f"changed = {held}")
            self.piece(held)
            self.flush()

    # -- choices --------------------------------------------------------------------------------------------------------

    def either(self, node: IfNode | UnlessNode) -> None:
        condition = self.expressions.truth(node.condition)
        with self.code.under(f"if not {condition}:" if isinstance(node, UnlessNode) else f"if {condition}:"):
            self.block(node.consequence)
        for alternative in node.alternatives:
            with self.code.under(f"elif {self.expressions.truth(alternative.expression)}:"):
                self.block(alternative.block)
        if node.default:
            with self.code.under("else:"):
                self.block(node.default)

    def case(self, node: CaseNode) -> None:
        """Every `when` that fits is said, as often as it fits; `else` where none before it did."""
        none = self.code.fresh("d")
        self.code.line(f"{none} = True")
        for block in node.blocks:
            if not isinstance(block, MultiExpressionBlockNode):
                with self.code.under(f"if {none}:"):
                    self.block(block)
                continue
            left, rights = block.expression.left, block.expression.expressions
            equal = [self.expressions.equal(left, right) for right in rights]
            if len(rights) == 1 or _distinct(rights):
                with self.code.under(f"if {' or '.join(equal)}:"):
                    self.code.line(f"{none} = False")
                    self.block(block.block)
            else:
                self._as_often(none, equal, block)

    def _as_often(self, none: str, equal: list[str], block: MultiExpressionBlockNode) -> None:
        """The turns of a `when` are a loop of Python's; what leaves the loop around it leaves both."""
        flag = self.code.fresh("b")
        leaves = bool(self.loops) and interrupted(block.block)
        if leaves:
            self.code.line(f"{flag} = 0")
            self.loops.append(("when", flag))
        with self.code.under(f"for _ in range({' + '.join(equal)}):"):
            self.code.line(f"{none} = False")
            self.block(block.block)
        if leaves:
            self.loops.pop()
            for number, ends in ((1, True), (2, False)):
                with self.code.under(f"if {flag} == {number}:"):
                    self._left(ends)

    # -- loops ----------------------------------------------------------------------------------------------------------

    def loop(self, node: ForNode) -> None:
        item, count = self._begin(node.expression)
        with self.code.under(f"if {count}:"):
            self._guard(count)
            name = str(node.expression.identifier)
            drop = self.code.fresh("f") if speaks_of(node.block, "forloop") else ""
            made = len(self.code.lines)
            if drop:
                title = self.code.constant(f"{name}-{node.expression.iterable}")
                self.code.line(f"{drop} = FORLOOP({title}, NOTHING, {count}, {self.parents[-1]})")
            bound = {"forloop": Bound(drop or "None", count), name: Bound(item)}
            head = f"for {drop}._index, {item} in enumerate(i{count}):" if drop else f"for {item} in i{count}:"
            with self._looped(("for", ""), count, drop), self.names.inside(bound), self.code.under(head):
                self.meter()
                self.block(node.block)
            if drop in self.names.whole:  # it is handed on: then it goes forward by itself, as python-liquid's does
                self.code.lines[made].text = f"{drop} = FORLOOP({title}, iter(i{count}), {count}, {self.parents[-1]})"
                self.code.lines[made + 1].text = f"for {item} in {drop}:"
        if node.default:
            with self.code.under("else:"):
                self.block(node.default)

    def _begin(self, one: LoopExpression) -> tuple[str, str]:
        """Lines that say what the loop goes through; the names of its variable and of its number of turns."""
        item, count = self.code.fresh("v"), self.code.fresh("n")
        value = self.expressions.value(one.iterable)
        limit = self._whole(one.limit)
        onward = isinstance(one.offset, StringLiteral) and one.offset.value == "continue"
        key = self.code.constant(f"{one.identifier}-{one.iterable}")
        start = f"stops.get({key}, 0)" if onward else self._start(one.offset)
        found = f"v if type(v := {value}) is list else SEQUENCE(v, {bool(self.env.string_sequences)})"
        self.code.line(f"i{count}, {count}, z = TURNS(({found}), {limit}, {start}, {bool(one.reversed)})")
        if self.survey.continues:
            self.code.line(f"stops[{key}] = z")
        return item, count

    def _whole(self, one: Expression | None) -> str:
        if one is None:
            return "None"
        if isinstance(one, IntegerLiteral):
            return self.code.constant(one.value)
        return f"WHOLE({self.expressions.value(one)}, {self.code.constant(one.token)})"

    def _start(self, one: Expression | None) -> str:
        if isinstance(one, StringLiteral):  # python-liquid reads it as it stands, even where values are escaped
            return f"WHOLE({self.code.constant(one.value)}, {self.code.constant(one.token)})"
        return self._whole(one) if one else "0"

    def _guard(self, count: str) -> None:
        """The limits that a loop meets when it begins: turns within turns, and how deep they stand."""
        if self.env.loop_iteration_limit:
            product = " * ".join([count, *self.turns])
            self.code.line(f"if {product} > {int(self.env.loop_iteration_limit)}: TOO_MANY_TURNS()")
        if all_turns := getattr(self.env, "turns_limit", None):
            self.code.line(f"turns += {count}")
            self.code.line(f"if turns > {int(all_turns)}: TOO_MANY_TURNS()")
        if len(self.turns) + 5 > self.env.context_depth_limit:
            self.code.line("TOO_DEEP()")

    @contextmanager
    def _looped(self, leaving: tuple[str, str], count: str, drop: str) -> Iterator[None]:
        self.loops.append(leaving)
        self.turns.append(count)
        if drop:
            self.parents.append(drop)
        yield
        if drop:
            self.parents.pop()
        self.turns.pop()
        self.loops.pop()

    def table(self, node: TablerowNode) -> None:
        item, count = self._begin(node.expression)
        with self.code.under(f"if {count}:"):
            drop, flag = self.code.fresh("f"), self.code.fresh("b")
            cols = node.expression.cols
            self.code.line(f"{flag}c = {f'COLUMNS({self.expressions.value(cols)})' if cols else count}")
            self._guard(count)
            name = str(node.expression.identifier)
            self.code.line(f"{drop} = TABLEROW({self.code.constant(name)}, iter(i{count}), {count}, {flag}c)")
            self.code.line(f"{flag} = False")
            self.text('<tr class="row1">\n')
            self.flush()
            bound = {"tablerowloop": Bound(drop), name: Bound(item)}
            with self._looped(("cell", flag), count, ""), self.names.inside(bound), self.code.under(f"for {item} in {drop}:"):
                self._cell(node, drop, flag)
            self.text("</tr>\n")
            self.flush()

    def _cell(self, node: TablerowNode, drop: str, flag: str) -> None:
        self.meter()
        self.piece(f"'<td class=\"col%d\">' % {drop}.col")
        self.flush()
        with self.code.under("for _ in ONCE:"):
            self.block(node.block)
        self.text("</td>")
        self.flush()
        with self.code.under(f"if {drop}.col_last and not {drop}.last:"):
            self.piece(f"'</tr>\\n<tr class=\"row%d\">' % ({drop}.row + 1)")
            self.flush()
        self.code.line(f"if {flag}: break")

    def leave(self, node: Node) -> None:
        """`break` and `continue`, of the loop that is nearest; outside of all loops they are a fault."""
        if not isinstance(node, BreakNode | ContinueNode):
            raise NeedsContext
        self._left(isinstance(node, BreakNode))

    def _left(self, ends: bool) -> None:
        kind, flag = self.loops[-1] if self.loops else ("", "")
        if not kind:
            self.code.line("raise BREAK('break')" if ends else "raise CONTINUE('continue')")
        elif kind == "for":
            self.code.line("break" if ends else "continue")
        else:
            if kind == "when" or ends:
                self.code.line(f"{flag} = {1 if ends else 2}")
            self.code.line("break")


def _distinct(rights: Sequence[Expression]) -> bool:
    """Whether at most one of these can be what something is."""
    if not all(isinstance(right, StringLiteral | IntegerLiteral) for right in rights):
        return False
    values = [right.value for right in rights if isinstance(right, StringLiteral | IntegerLiteral)]
    return len(set(values)) == len(values)
