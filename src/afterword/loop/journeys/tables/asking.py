"""The conditions of a journey asked of single moments, part by part, with the values that were seen. The same compiler as everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis

from afterword.kernel.purity import check
from afterword.loop.conditions.door import World, ask, parts, seen
from afterword.loop.conditions.types import INSTANT, Node

MOMENT = {"n": "int64", "run": "uuid", "customer_id": "uuid", "order_id": "uuid", "moment": INSTANT}


def asking(nodes: Mapping[str, Node], world: World, event: str) -> Any:
    """For each row of `why_moment`: every condition by its name, its parts as `name__0` … and what each part saw as `name__0_seen` …

    Args:
        event: the name of the event whose id is `run`.
    """
    questions: dict[str, Node] = dict(nodes)
    values: dict[str, Node] = {}
    for name, node in nodes.items():
        for n, part in enumerate(parts(node)):
            questions[f"{name}__{n}"] = part
            values[f"{name}__{n}_seen"] = seen(part)
    return check(ask(ibis.table(MOMENT, name="why_moment"), questions, world, moment="moment", each=("n",), event=event, values=values))
