"""What a table expression may use, as a list. Everything that decides (steps, conditions, projections) is checked against it.

An operation enters this list by decision: it must mean the same on PostgreSQL, DuckDB and Spark, and depend on nothing but
its input. So there is no clock, no random number, no hash and no time zone operator here: dice, local days and quiet
hours are columns.
"""

from __future__ import annotations

from typing import Any

from .errors import Refused

PORTABLE = frozenset({
    # tables
    "UnboundTable", "Project", "Filter", "Aggregate", "JoinChain", "JoinTable", "JoinReference", "JoinLink", "Union", "SelfReference",
    "Sort", "SortKey", "DropNull", "DropColumns", "Distinct",
    # columns
    "Field", "Literal", "Cast", "Alias", "Coalesce", "NullIf", "IfElse", "IsNull", "NotNull", "SearchedCase", "Least", "Greatest",
    "InValues", "Substring",
    "And", "Or", "Not", "Equals", "NotEquals", "Less", "LessEqual", "Greater", "GreaterEqual", "Between",
    "Add", "Subtract", "Multiply", "Divide", "Modulus", "Negate",
    # instants: plus or minus a number of seconds, and comparison
    "TimestampAdd", "TimestampSub",
    # many rows
    "Count", "CountStar", "Sum", "Min", "Max", "Mean", "ArgMin", "ArgMax", "Any", "All",
    "WindowFunction", "RowNumber", "Lag", "Lead", "FirstValue", "LastValue", "Window", "RowsWindowFrame", "RangeWindowFrame",
    "WindowBoundary",
    "ExistsSubquery", "InSubquery",
    # the two bounds of a pass
    "since", "until",
})  # fmt: skip


class Impure(Refused):
    """A table expression uses {names}, which a pure expression may not: {why}."""


def check(expr: Any) -> Any:
    """Return the Ibis expression unchanged, or refuse it, naming every operation that is not on the list.

    Args:
        expr: an Ibis table or value expression.
    """
    import ibis.expr.operations as ops

    found = {_name(node) for node in expr.op().find(ops.Node)} - PORTABLE
    if found:
        raise Impure(names=", ".join(sorted(found)), why="it must give the same answer on every engine, at every time")
    return expr


def _name(node: Any) -> str:
    name = type(node).__name__
    return name.rsplit("_", 1)[0] if name.rsplit("_", 1)[-1].isdigit() else name
