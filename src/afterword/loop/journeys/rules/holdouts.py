"""The holdouts that nobody need write: where every message is marketing, a share of people is left alone, so that effects can be told.

Two steps are put before the first one: the global holdout (the same people in every such journey: what all of them together
earn) and the journey's own. A document may name its own share (`holdout: 20%`), put a holdout step where it wants it, or say
`holdout: off`; the global one stays, for the company decides on that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

GLOBAL, OWN = "global_holdout", "holdout"
SHARE = 0.10
SALT = "afterword.global"


def completed(document: Any, category: Callable[[str], str | None], *, everywhere: float) -> Any:
    """The document with its holdouts written out. What is no journey, or has another message, is given back as it is.

    Args:
        category: the category of a message; None for one that is not known.
        everywhere: the share of the global holdout, 0 for none.
    """
    if not isinstance(document, Mapping) or not isinstance(steps := document.get("steps"), list) or not steps:
        return document
    items = [step for step in steps if isinstance(step, Mapping)]
    sent = [category(message) for step in items if "send" in step and (message := _message(step["send"]))]
    if not sent or any(one != "marketing" for one in sent):
        return document
    taken, first = {str(step.get("id")) for step in items}, str(items[0].get("id"))
    before: list[dict[str, Any]] = []
    if share := _share(document, items):
        before.append({"id": OWN, "holdout": {"share": share}})
    if everywhere > 0:
        before.insert(0, {"id": GLOBAL, "holdout": {"share": everywhere, "salt": SALT}})
    if not before or taken & {step["id"] for step in before}:
        return document
    for step, following in zip(before, [*(s["id"] for s in before[1:]), first], strict=True):
        step["then"] = {"in": following}
    return {**document, "steps": [*before, *steps]}


def _share(document: Mapping[str, Any], items: list[Mapping[str, Any]]) -> float | str | None:
    wish = document.get("holdout", SHARE)
    if wish is False or str(wish).lower() == "off" or any("holdout" in step for step in items):
        return None
    return wish if isinstance(wish, float | str) else SHARE


def _message(given: Any) -> str:
    return str(given.get("message", "")) if isinstance(given, Mapping) else str(given or "")
