"""From text to a typed condition. Python's expression syntax, a small vocabulary, and errors that name the column.

count(order.placed, last="365d") >= 2 and customer.country in ("RO", "MD")
last(survey.answered, where=score <= 6).age < "30d"
not ever(review.submitted, same="order") and order.total > 50
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, cast

from afterword.kernel import durations
from afterword.kernel.errors import Refused
from afterword.kernel.shapes import Kind, Vocabulary, readable

from ..types import Age, Agg, Among, Arith, Attr, BadCondition, Compare, Has, Lit, Logic, Node, Type, walk

KINDS: dict[Kind, Type] = {
    "text": "text", "int": "number", "number": "number", "bool": "bool", "instant": "instant", "day": "text",
    "uuid": "text", "minor": "money", "currency": "text",
}  # fmt: skip
ATTRIBUTES: dict[str, dict[str, Type]] = {
    "customer": {"country": "text", "language": "text", "zone": "text", "store": "text", "created_at": "instant"},
    "order": {
        "status": "text", "total": "money", "currency": "text", "items": "number", "first_order": "bool", "product_life": "text",
        "store": "text", "placed_at": "instant", "promised_from": "instant", "promised_to": "instant", "shipped_at": "instant",
        "delivered_at": "instant", "cancelled_at": "instant", "refunded_at": "instant", "runs_out_at": "instant",
    },
}  # fmt: skip
FOLDS = {"count", "ever", "sum", "avg", "min", "max", "last", "first"}
COMPARES = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
LONGEST = 2000
MOST_NODES = 600
LONGEST_AGO = 36_500 * 86_400


@dataclass(frozen=True)
class Scope:
    """What a condition may speak of.

    All events; the one event at hand if there is one (`event.` or bare names); an order at hand unless it is about customers
    `alone`; the named segments with their conditions, of which those being read stand in `within`.
    """

    vocabulary: Vocabulary
    event: str = ""
    bare: bool = False
    segments: Mapping[str, str] = field(default_factory=dict)
    alone: bool = False
    within: tuple[str, ...] = ()


def parse(text: str, scope: Scope) -> Node:
    """The condition that `text` means, typed; a `BadCondition` names the column, the fault and what was expected."""
    if len(text) > LONGEST:
        raise BadCondition(
            column=LONGEST, text=text[:40] + "…", fault="the condition is too long", expected=f"at most {LONGEST} characters"
        )
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = getattr(error, "offset", None) or 1
        raise BadCondition(
            column=column, text=text, fault="this cannot be read", expected="an expression such as order.total > 50"
        ) from error
    node = _Reader(text.strip(), scope).read(tree.body)
    if node.type != "bool":
        raise BadCondition(column=1, text=text, fault=f"this is {_a(node.type)}", expected="something that is true or false")
    return node


def _a(type_: str) -> str:
    return {"age": "a duration", "instant": "an instant", "bool": "true or false", "missing": "nothing", "money": "money"}.get(
        type_, f"a {type_}"
    )


class _Reader:
    def __init__(self, text: str, scope: Scope) -> None:
        self.text, self.scope = text, scope

    def refuse(self, at: ast.AST, fault: str, expected: str) -> BadCondition:
        before = self.text.encode()[: getattr(at, "col_offset", 0)]  # Python counts in bytes, people count in letters
        return BadCondition(column=len(before.decode(errors="ignore")) + 1, text=self.text, fault=fault, expected=expected)

    def read(self, x: ast.expr) -> Node:
        match x:
            case ast.BoolOp():
                op = "and" if isinstance(x.op, ast.And) else "or"
                return Logic(op, tuple(self.truth(v) for v in x.values))
            case ast.UnaryOp(op=ast.Not()):
                return Logic("not", (self.truth(x.operand),))
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as n)) if not isinstance(n, bool):
                return Lit(-n, "number")
            case ast.Compare():
                return self.comparison(x)
            case ast.BinOp() if type(x.op) in ARITHMETIC:
                return self.arithmetic(x)
            case ast.Constant():
                return self.constant(x)
            case ast.Call():
                return self.call(x)
            case ast.Attribute():
                return self.attribute(x)
            case ast.Name():
                return self.bare(x)
            case _:
                raise self.refuse(
                    x, "this form is not part of the language", "comparisons, and/or/not, + - * /, and the functions of the reference"
                )

    def truth(self, x: ast.expr) -> Node:
        node = self.read(x)
        if node.type != "bool":
            raise self.refuse(x, f"this is {_a(node.type)}", "something that is true or false")
        return node

    def constant(self, x: ast.Constant) -> Lit:
        if isinstance(x.value, bool):
            return Lit(x.value, "bool")
        if isinstance(x.value, int | float):
            return Lit(x.value, "number")
        if isinstance(x.value, str):
            return Lit(x.value, "text")
        raise self.refuse(x, "this constant has no meaning here", "a number, a text, True or False")

    def comparison(self, x: ast.Compare) -> Node:
        if len(x.ops) == 1 and isinstance(x.ops[0], ast.In | ast.NotIn):
            return self.membership(x)
        parts: list[Node] = []
        left = self.read(x.left)
        for op, right_x in zip(x.ops, x.comparators, strict=True):
            if type(op) not in COMPARES:
                raise self.refuse(right_x, "this comparison is not part of the language", "< <= > >= == != in")
            right = self.read(right_x)
            parts.append(self.compared(COMPARES[type(op)], left, right, x))
            left = right
        return parts[0] if len(parts) == 1 else Logic("and", tuple(parts))

    def compared(self, op: str, left: Node, right: Node, x: ast.expr) -> Compare:
        left, right = self.fitted(left, right, x), self.fitted(right, left, x)
        if left.type != right.type:
            raise self.refuse(x, f"{_a(left.type)} is compared with {_a(right.type)}", "two values of one type")
        if left.type in ("bool", "text") and op not in ("==", "!=") and left.type == "bool":
            raise self.refuse(x, "true and false have no order", "== or !=")
        if "age" in (left.type, right.type) and not (isinstance(left, Lit) or isinstance(right, Lit)):
            raise self.refuse(x, "an age is compared with an age", 'a duration such as "30d"')
        return Compare(op, left, right)

    def fitted(self, node: Node, other: Node, x: ast.expr) -> Node:
        """A constant takes the type of what it is compared with: "30d" beside an age is a duration, 50 beside money is money."""
        if not isinstance(node, Lit) or node.currency:
            return node
        if other.type == "age" and node.type == "text":
            return Lit(self.length(node.value, x), "age")
        if other.type == "money" and node.type == "number":
            return Lit(node.value, "money")
        return node

    def membership(self, x: ast.Compare) -> Node:
        of = self.read(x.left)
        if of.type == "age":
            raise self.refuse(x, "an age is looked for in a list", 'a comparison such as < "30d"')
        listed = x.comparators[0]
        if not isinstance(listed, ast.Tuple | ast.List | ast.Set) or not listed.elts:
            raise self.refuse(listed, "`in` needs a list", 'a list such as ("RO", "MD")')
        values = tuple(cast(Lit, self.fitted(self.constant(e), of, x)) for e in listed.elts if isinstance(e, ast.Constant))
        if len(values) != len(listed.elts) or any(v.type != of.type for v in values):
            raise self.refuse(listed, "the list does not fit", f"constants, each {_a(of.type)}")
        found = Among(of, values)
        return Logic("not", (found,)) if isinstance(x.ops[0], ast.NotIn) else found

    def arithmetic(self, x: ast.BinOp) -> Node:
        left, right = self.read(x.left), self.read(x.right)
        types = {left.type, right.type}
        if not types <= {"number", "money"}:
            raise self.refuse(x, "only numbers and money can be added, multiplied and divided", "numbers")
        op = ARITHMETIC[cast(Any, type(x.op))]
        if op in "+-":
            left, right = self.fitted(left, right, x), self.fitted(right, left, x)
            if left.type != right.type:
                raise self.refuse(x, "money and a number are added", "both money or both numbers")
            return Arith(op, left, right, left.type)
        if types == {"money"}:
            if op == "*":
                raise self.refuse(x, "money is multiplied by money", "a number")
            return Arith(op, left, right, "number")
        if "money" in types and op == "/" and right.type == "money":
            raise self.refuse(x, "a number is divided by money", "money divided by a number")
        return Arith(op, left, right, "money" if "money" in types else "number")

    def attribute(self, x: ast.Attribute) -> Node:
        if isinstance(x.value, ast.Call | ast.Attribute):
            if isinstance(x.value, ast.Call):
                return self.of_fold(x, x.value)
            if x.attr == "age":
                return self.aged(self.attribute(x.value), x)
        if not isinstance(x.value, ast.Name):
            raise self.refuse(x, "this cannot be read", "customer.…, order.… or event.…")
        owner = x.value.id
        if owner == "event":
            return self.of_event(x.attr, x)
        known = ATTRIBUTES.get(owner, {})
        if owner == "order" and self.scope.alone and f"{owner}.{x.attr}" not in self.scope.vocabulary:
            raise self.refuse(x, "there is no order at hand here", "customer.… or a function over events, such as last(order.placed).…")
        if x.attr in known:
            return Attr(owner, x.attr, known[x.attr])
        if f"{owner}.{x.attr}" in self.scope.vocabulary:
            raise self.refuse(x, f"{owner}.{x.attr} is an event, not a value", f"ever({owner}.{x.attr}), count(…) or last(…) of it")
        if not known:
            raise self.refuse(x, f"there is no “{owner}”", "customer.…, order.…, event.… or a function over events")
        raise self.refuse(x, f"{owner} has no “{x.attr}”", "one of " + ", ".join(sorted(known)))

    def aged(self, of: Node, x: ast.expr) -> Node:
        if of.type != "instant":
            raise self.refuse(x, f".age of {_a(of.type)}", "an instant")
        return Age(of)

    def of_fold(self, x: ast.Attribute, call: ast.Call) -> Node:
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name not in ("last", "first"):
            raise self.refuse(x, f"{name or 'this'}(…) has no “{x.attr}”", "last(…) or first(…) before the dot")
        if x.attr == "age":
            return Age(self.fold(call, name, prop="occurred_at", type_="instant"))
        event = self.event_name(call)
        if x.attr == "at":
            return self.fold(call, name, prop="occurred_at", type_="instant")
        return self.fold(call, name, prop=x.attr, type_=self.prop_type(event, x.attr, x))

    def bare(self, x: ast.Name) -> Node:
        if self.scope.bare and self.scope.event:
            return self.of_event(x.id, x)
        raise self.refuse(x, f"“{x.id}” stands alone", "customer.…, order.…, event.… or a function over events")

    def of_event(self, name: str, x: ast.expr) -> Node:
        if not self.scope.event:
            raise self.refuse(x, "there is no event at hand here", "customer.…, order.… or a function over events")
        return Attr("event", name, self.prop_type(self.scope.event, name, x))

    def prop_type(self, event: str, name: str, x: ast.AST) -> Type:
        known = {p.name: KINDS[p.kind] for p in readable(self.scope.vocabulary.definition(event))}
        if name not in known:
            raise self.refuse(x, f"{event} has no “{name}” that can be read", "one of " + (", ".join(sorted(known)) or "none"))
        return known[name]

    def event_name(self, call: ast.Call) -> str:
        if not call.args:
            raise self.refuse(call, "no event is named", "an event such as order.placed")
        first = call.args[0]
        if not (isinstance(first, ast.Attribute) and isinstance(first.value, ast.Name)):
            raise self.refuse(first, "this is no event", "an event such as order.placed")
        name = f"{first.value.id}.{first.attr}"
        try:
            self.scope.vocabulary.definition(name)
        except Refused as error:
            raise self.refuse(first, str(error).rstrip("."), "an event of the vocabulary") from error
        return name

    def call(self, x: ast.Call) -> Node:
        name = x.func.id if isinstance(x.func, ast.Name) else ""
        if name == "has" and len(x.args) == 1:
            return Has(self.read(x.args[0]))
        if name == "money":
            return self.money(x)
        if name == "in_segment":
            return self.segment(x)
        if name not in FOLDS:
            raise self.refuse(x, f"there is no function “{name}”", "one of " + ", ".join(sorted(FOLDS | {"has", "money"})))
        if name in ("last", "first"):
            raise self.refuse(x, f"{name}(…) is an event, not a value", f"{name}(…).age or {name}(…).property")
        if name in ("count", "ever"):
            if len(x.args) != 1:
                raise self.refuse(x, f"{name}(…) takes one event", f"{name}(order.placed)")
            return self.fold(x, name, prop="", type_="number" if name == "count" else "bool")
        event = self.event_name(x)
        if len(x.args) != 2 or not isinstance(x.args[1], ast.Constant) or not isinstance(x.args[1].value, str):
            raise self.refuse(x, f"{name}(…) needs a property", f'{name}(order.placed, "total_base_minor")')
        prop = x.args[1].value
        type_ = self.prop_type(event, prop, x.args[1])
        if type_ not in ("number", "money"):
            raise self.refuse(x.args[1], f"{prop} is {_a(type_)}", "a number or money")
        return self.fold(x, name, prop=prop, type_=type_)

    def money(self, x: ast.Call) -> Lit:
        match x.args:
            case [ast.Constant(value=int() | float() as amount), ast.Constant(value=str() as currency)] if len(currency) == 3:
                return Lit(amount, "money", currency.upper())
        raise self.refuse(x, "money(…) needs an amount and a currency", 'money(50, "EUR")')

    def segment(self, x: ast.Call) -> Node:
        """The segment's own condition, in its place: what it says today is what stands here from now on."""
        match x.args:
            case [ast.Constant(value=str() as key)] if not x.keywords:
                pass
            case _:
                raise self.refuse(x, "in_segment(…) takes the key of one segment", 'in_segment("vip")')
        if key in self.scope.within:
            chain = " → ".join((*self.scope.within[self.scope.within.index(key) :], key))
            raise self.refuse(x, f"the segment “{key}” would be part of itself ({chain})", "a segment that does not lead back here")
        if key not in self.scope.segments:
            close = get_close_matches(key, list(self.scope.segments), n=2, cutoff=0.5)
            known = " or ".join(f'in_segment("{one}")' for one in close) or ", ".join(sorted(self.scope.segments)[:8])
            raise self.refuse(x, f"there is no segment “{key}”", known or "a condition written out: no segments have been defined")
        inner = replace(self.scope, event="", bare=False, alone=True, within=(*self.scope.within, key))
        try:
            found = parse(self.scope.segments[key], inner)
        except BadCondition as error:
            raise self.refuse(x, f"in the segment “{key}”: {error.values['fault']}", str(error.values["expected"])) from error
        if sum(1 for _ in walk(found, into_where=True)) > MOST_NODES:
            raise self.refuse(x, f"with all that “{key}” is made of, the condition is too long", f"at most {MOST_NODES} parts")
        return found

    def fold(self, x: ast.Call, fn: str, *, prop: str, type_: Type) -> Agg:
        event = self.event_name(x)
        last, where, same = None, None, ""
        for keyword in x.keywords:
            if keyword.arg == "last" and isinstance(keyword.value, ast.Constant):
                last = self.window(keyword.value)
            elif keyword.arg == "where":
                where = _Reader(self.text, replace(self.scope, event=event, bare=True)).truth(keyword.value)
            elif keyword.arg == "same" and isinstance(keyword.value, ast.Constant) and keyword.value.value in ("order", "customer"):
                same = str(keyword.value.value)
                if same == "order" and self.scope.alone:
                    raise self.refuse(keyword, "there is no order at hand here", 'no same=, or same="customer"')
            else:
                raise self.refuse(keyword, f"“{keyword.arg}” does not fit here", 'last="365d", where=…, same="order" or same="customer"')
        if where is not None:
            self.flat(where, x)
        return Agg(fn, event, prop, last, where, same, type_)

    def flat(self, where: Node, x: ast.Call) -> None:
        for node in walk(where, into_where=True):
            if isinstance(node, Agg | Age) or (isinstance(node, Attr) and node.owner != "event"):
                raise self.refuse(x, "a `where` looks at its own event only", "properties of that event")

    def window(self, x: ast.Constant) -> int:
        return self.length(x.value if isinstance(x.value, str) else str(x.value), x)

    def length(self, text: str, x: ast.AST) -> int:
        try:
            found = durations.seconds(text)
        except Refused as error:
            raise self.refuse(x, str(error).rstrip("."), 'a duration such as "365d"') from error
        if found > LONGEST_AGO:
            raise self.refuse(x, f"{text} is longer than anybody remembers", "at most a hundred years, 36500d")
        return found
