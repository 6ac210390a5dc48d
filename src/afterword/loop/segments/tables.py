"""Who fulfils a condition: all customers at one moment, or some of them each at a moment of their own."""

from __future__ import annotations

from typing import Any

import ibis

from afterword.loop.conditions.door import World, ask, customers, parts, seen, turns, until
from afterword.loop.conditions.types import INSTANT, Attr, Node, walk

ASKED = ibis.table({"customer_id": "uuid", "moment": INSTANT}, name="segment_asked")
MERGED = ibis.table({"customer_id": "uuid", "survivor_id": "uuid", "known_from": INSTANT, "known_to": INSTANT}, name="identity_as_of")
PEOPLE = ibis.table({"id": "uuid", "erased_at": INSTANT}, name="identity_customer")


def everybody(node: Node, world: World) -> Any:
    """All customers at `until()`: customer_id, inside, and the next instant at which that may turn by time alone."""
    known = customers()
    here = known.filter(known.known_from <= until(), until() < known.known_to)
    seen = {f"customer__{n.name}": here[n.name] for n in walk(node) if isinstance(n, Attr) and n.owner == "customer"}
    here = _themselves(here.select("customer_id", **dict(sorted(seen.items()))).view(), until())
    return ask(here, {"inside": node}, world, moment="", each=("customer_id",), turns={"again": turns(node)}).select(
        "customer_id", "inside", "again"
    )


def some(node: Node, world: World) -> Any:
    """Those of `segment_asked` who are customers at their moment: customer_id, moment, inside, again."""
    return ask(_present(), {"inside": node}, world, moment="moment", each=("customer_id", "moment"), turns={"again": turns(node)})


def answers(node: Node, world: World) -> Any:
    """The same people with each part of the condition: customer_id, moment, inside, part_0, value_0, part_1, …"""
    each = parts(node)
    questions = {"inside": node} | {f"part_{n}": part for n, part in enumerate(each)}
    values = {f"value_{n}": seen(part) for n, part in enumerate(each)}
    return ask(_present(), questions, world, moment="moment", each=("customer_id", "moment"), values=values)


def _present() -> Any:
    known = customers()
    here = ASKED.semi_join(known, [ASKED.customer_id == known.customer_id, known.known_from <= ASKED.moment, ASKED.moment < known.known_to])
    here = here.select("customer_id", "moment").view()
    return _themselves(here, here.moment)


def _themselves(rows: Any, at: Any) -> Any:
    """Without those who go on as somebody else by then, and without those who were forgotten."""
    ids = tuple(rows.columns)
    gone = MERGED.filter(MERGED.survivor_id != MERGED.customer_id)
    rows = rows.anti_join(gone, [rows.customer_id == gone.customer_id, gone.known_from <= at, at < gone.known_to])
    erased = PEOPLE.filter(PEOPLE.erased_at.notnull())
    return rows.anti_join(erased, rows.customer_id == erased.id).select(*ids).view()
