"""A condition as rows of a form beside its text: whichever was changed last is what counts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy

from afterword.kernel.errors import Refused
from afterword.kernel.shapes import readable
from afterword.loop.conditions import door as conditions
from afterword.loop.events import door as events
from afterword.loop.segments import door as segments

WHAT = {
    "count": gettext_lazy("How many"), "ever": gettext_lazy("There was"), "last": gettext_lazy("Of the last"),
    "first": gettext_lazy("Of the first"), "sum": gettext_lazy("The sum of"), "avg": gettext_lazy("The average of"),
    "min": gettext_lazy("The least of"), "max": gettext_lazy("The most of"), "value": gettext_lazy("A value"),
    "in_segment": gettext_lazy("In the segment"),
}  # fmt: skip
SAYS = {
    "==": gettext_lazy("is"), "!=": gettext_lazy("is not"), ">=": gettext_lazy("at least"), "<=": gettext_lazy("at most"),
    ">": gettext_lazy("more than"), "<": gettext_lazy("less than"), "in": gettext_lazy("one of"),
}  # fmt: skip
MOST = 20
NAMES = ("what", "of", "prop", "last", "where", "same", "op", "than", "no")


@dataclass(frozen=True)
class Row:
    """One question as it stands in the form, with what can be chosen in it."""

    piece: conditions.Piece
    number: int
    choices: tuple[str, ...]
    props: tuple[str, ...] = ()

    @property
    def index(self) -> str:
        """Its number, as a name of fields."""
        return str(self.number)

    @property
    def folds(self) -> bool:
        """Whether it asks about events."""
        return self.piece.what not in ("value", "in_segment")

    @property
    def compares(self) -> bool:
        """Whether its answer is compared with something."""
        return self.piece.what not in ("ever", "in_segment") and not is_flag(self.piece)


def rows(text: str, event: str, *, bare: bool, alone: bool = False) -> tuple[str, list[Row]] | None:
    """How the questions of a condition are joined, and each as a row; None where it can only be shown as text."""
    found = conditions.pieces(text) if text.strip() else conditions.Pieces("and", ())
    if found is None:
        return None
    return found.joint, [_row(one, n, event, bare, alone) for n, one in enumerate(found.pieces)]


def _row(piece: conditions.Piece, number: int, event: str, bare: bool, alone: bool) -> Row:
    if piece.what == "in_segment":
        return Row(piece, number, tuple(segments.texts()))
    if piece.what == "value":
        return Row(piece, number, tuple(dict.fromkeys([piece.of, *values(event, bare=bare, alone=alone)])))
    props = properties(piece.of)
    more = ("age", "at") if piece.what in ("last", "first") else ()
    return Row(piece, number, tuple(sorted(events.vocabulary.names)), (*more, *props))


def values(event: str, *, bare: bool, alone: bool = False) -> list[str]:
    """What a condition may read by name here; `alone`: of the customer only, as in a segment."""
    known = [f"{owner}.{name}" for owner, names in conditions.ATTRIBUTES.items() for name in names if owner == "customer" or not alone]
    own = properties(event)
    return [*own, *known] if bare else [*known, *(f"event.{name}" for name in own)]


def properties(event: str) -> tuple[str, ...]:
    """The properties of an event that conditions may read."""
    try:
        return tuple(prop.name for prop in readable(events.vocabulary.definition(event)))
    except Refused:
        return ()


def is_flag(piece: conditions.Piece) -> bool:
    """Whether it is true or false by itself."""
    owner, _, name = piece.of.partition(".")
    return piece.what == "value" and conditions.ATTRIBUTES.get(owner, {}).get(name) == "bool" and not piece.op


def text_of(given: Mapping[str, str], path: str) -> str:
    """The condition that a form means at this path: its text if that was changed, else its rows."""
    typed = " ".join(given.get(path, "").split())
    if typed != given.get(f"{path}~was", typed) or f"{path}~joint" not in given:
        return typed
    numbers = sorted({int(m.group(1)) for name in given if (m := re.match(re.escape(path) + r"~(\d+)\.", name))})[:MOST]
    found = [_fitted(_piece(given, f"{path}~{n}")) for n in numbers]
    joint = "or" if given.get(f"{path}~joint") == "or" else "and"
    return conditions.pieces_written(conditions.Pieces(joint, tuple(found)))


def _piece(given: Mapping[str, str], at: str) -> conditions.Piece:
    said = {name: given.get(f"{at}.{name}", "") for name in NAMES if name != "no"}
    return conditions.Piece(**said, no=bool(given.get(f"{at}.no")))


def one_more(text: str) -> str:
    """The condition with one more question, to be changed."""
    found = conditions.pieces(text) if text.strip() else conditions.Pieces("and", ())
    if found is None:
        return text
    more = conditions.Piece("count", "order.placed", op=">=", than="1")
    return conditions.pieces_written(conditions.Pieces(found.joint, (*found.pieces, more)))


def _fitted(piece: conditions.Piece) -> conditions.Piece:
    """A question whose parts fit together, also when one of them was just changed."""
    if piece.what == "in_segment":
        known = list(segments.texts())
        return conditions.Piece("in_segment", piece.of if piece.of in known else known[0] if known else "", no=piece.no)
    if piece.what == "value":
        if piece.of in events.vocabulary.names or piece.of in segments.texts() or not piece.of:  # it asked something else until now
            piece = replace(piece, of="customer.country", op="==", than="")
        plain = replace(piece, prop="", last="", where="", same="")
        flag = is_flag(replace(plain, op=""))
        return replace(plain, op="", than="") if flag else replace(plain, op=piece.op or "==", no=False)
    of = piece.of if piece.of in events.vocabulary.names else "order.placed"
    piece = replace(piece, of=of)
    if piece.what == "ever":
        return replace(piece, prop="", op="", than="")
    if piece.what == "count":
        return replace(piece, prop="", op=piece.op or ">=", than=piece.than or "1", no=False)
    props = properties(of)
    if piece.what in ("last", "first"):
        prop = piece.prop if piece.prop in (*props, "age", "at") else "age"
        than = piece.than or ("30d" if prop == "age" else "0")
        return replace(
            piece, prop=prop, op=piece.op or "<", than=than if prop != "age" or re.search(r"[smhdw]$", than) else "30d", no=False
        )
    prop = piece.prop if piece.prop in props else next(iter(props), "")
    return replace(piece, prop=prop, op=piece.op or ">", than=piece.than or "0", no=False)


def shown(text: str, event: str, *, bare: bool, alone: bool = False) -> dict[str, Any]:
    """What the part of a condition in a form shows."""
    found = rows(text, event, bare=bare, alone=alone)
    return {"drawn": found is not None, "joint": found[0] if found else "", "rows": found[1] if found else []}
