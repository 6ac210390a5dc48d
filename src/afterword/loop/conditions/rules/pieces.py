"""A condition as the pieces of a form, and back: the common ones. What cannot be drawn so stays text.

`count(order.placed, last="365d") >= 2 and customer.country in ("RO", "MD")` is two pieces joined by `and`.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass

from .parse import ATTRIBUTES, COMPARES, FOLDS

VALUES = ("customer", "order", "event")
OPS = (*COMPARES.values(), "in")


@dataclass(frozen=True)
class Piece:
    """One question: `what` is a function over events, `value` (an attribute, or a property of the event at hand) or `in_segment`.

    `of` is the event, the attribute or the segment; `prop` the property that is summed or read; `than` what it is compared with.
    """

    what: str
    of: str
    prop: str = ""
    last: str = ""
    where: str = ""
    same: str = ""
    op: str = ""
    than: str = ""
    no: bool = False


@dataclass(frozen=True)
class Pieces:
    """Questions joined by `and` or by `or`."""

    joint: str
    pieces: tuple[Piece, ...]


def pieces(text: str) -> Pieces | None:
    """The pieces of a condition; None where it cannot be drawn."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    parts = tree.values if isinstance(tree, ast.BoolOp) else [tree]
    joint = "or" if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.Or) else "and"
    found = [_piece(part, text.strip()) for part in parts]
    drawn = Pieces(joint, tuple(one for one in found if one is not None))
    if len(drawn.pieces) < len(parts):
        return None
    return drawn if ast.dump(ast.parse(written(drawn), mode="eval").body) == ast.dump(tree) else None


def written(given: Pieces) -> str:
    """The text of pieces."""
    return f" {given.joint} ".join(_text(one) for one in given.pieces if one.of)


def _piece(x: ast.expr, text: str) -> Piece | None:
    if isinstance(x, ast.UnaryOp) and isinstance(x.op, ast.Not):
        inner = _piece(x.operand, text)
        return None if inner is None or inner.op or inner.no else Piece(**{**inner.__dict__, "no": True})
    if isinstance(x, ast.Compare):
        if len(x.ops) != 1:
            return None
        left, than = _piece(x.left, text), _constant(x.comparators[0], text)
        op = "in" if isinstance(x.ops[0], ast.In) else COMPARES.get(type(x.ops[0]))
        listed = isinstance(x.comparators[0], ast.Tuple)
        if left is None or left.op or left.no or op is None or than is None or listed != (op == "in"):
            return None
        return Piece(**{**left.__dict__, "op": op, "than": than})
    return _subject(x, text)


def _subject(x: ast.expr, text: str) -> Piece | None:
    match x:
        case ast.Name(id=name):
            return Piece("value", name)
        case ast.Attribute(value=ast.Call(func=ast.Name(id="last" | "first" as fn)) as call, attr=prop):
            found = _fold(fn, call, text)
            return Piece(**{**found.__dict__, "prop": prop}) if found and not found.prop else None
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id=owner), attr=name), attr="age") if owner in VALUES:
            return Piece("value", f"{owner}.{name}", prop="age")
        case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner in VALUES:
            return Piece("value", f"{owner}.{name}")
        case ast.Call(func=ast.Name(id="in_segment"), args=[ast.Constant(value=str() as key)], keywords=[]):
            return Piece("in_segment", key)
        case ast.Call(func=ast.Name(id=fn)) if fn in FOLDS - {"last", "first"}:
            return _fold(fn, x, text)
    return None


def _fold(fn: str, call: ast.Call, text: str) -> Piece | None:
    match call.args:
        case [ast.Attribute(value=ast.Name(id=noun), attr=verb)]:
            prop = ""
        case [ast.Attribute(value=ast.Name(id=noun), attr=verb), ast.Constant(value=str() as prop)]:
            pass
        case _:
            return None
    given = {"last": "", "where": "", "same": ""}
    for keyword in call.keywords:
        if keyword.arg not in given:
            return None
        constant = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
        given[keyword.arg] = (ast.get_source_segment(text, keyword.value) or "") if keyword.arg == "where" else str(constant or "")
        if not given[keyword.arg]:
            return None
    return Piece(fn, f"{noun}.{verb}", prop, given["last"], given["where"], given["same"])


def _constant(x: ast.expr, text: str) -> str | None:
    """A constant as it is typed into a field: a text without its quotes."""
    if isinstance(x, ast.Tuple):
        each = [_constant(one, text) for one in x.elts]
        return None if any(one is None or "," in one for one in each) else ", ".join(one for one in each if one is not None)
    if isinstance(x, ast.Constant) and isinstance(x.value, str):
        return x.value
    if isinstance(x, ast.Constant | ast.UnaryOp) or (isinstance(x, ast.Call) and isinstance(x.func, ast.Name) and x.func.id == "money"):
        return ast.get_source_segment(text, x)
    return None


def _text(one: Piece) -> str:
    if one.what == "in_segment":
        said = f"in_segment({json.dumps(one.of, ensure_ascii=False)})"
    elif one.what == "value":
        said = one.of + (f".{one.prop}" if one.prop else "")
    else:
        said = _call(one)
    if one.op and one.what not in ("ever", "in_segment"):
        quote = _is_text(one)
        values = [_than(part.strip(), quote) for part in one.than.split(",")] if one.op == "in" else []
        compared = f"({', '.join(values)}{',' if len(values) == 1 else ''})" if values else _than(one.than, quote)
        return f"{said} {one.op} {compared}"
    return f"not {said}" if one.no else said


def _call(one: Piece) -> str:
    told = [one.of]
    if one.what not in ("last", "first", "count", "ever"):
        told.append(json.dumps(one.prop))
    told += [f'last="{one.last}"'] if one.last else []
    told += [f"where={one.where}"] if one.where else []
    told += [f'same="{one.same}"'] if one.same else []
    return f"{one.what}({', '.join(told)})" + (f".{one.prop or 'age'}" if one.what in ("last", "first") else "")


def _is_text(one: Piece) -> bool:
    owner, _, name = one.of.partition(".")
    return one.prop == "age" or (one.what == "value" and ATTRIBUTES.get(owner, {}).get(name) == "text")


def _is_bare(value: str) -> bool:
    """What stands without quotes: a number, true and false, an amount of money."""
    return bool(re.fullmatch(r"-?\d+(\.\d+)?|True|False|money\([^()]*\)", value))


def _than(value: str, quote: bool) -> str:
    value = value.strip()
    return value if _is_bare(value) and not quote else json.dumps(value, ensure_ascii=False)
