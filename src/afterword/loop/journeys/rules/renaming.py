"""What follows a step that is renamed: its lots, which must not be drawn again, and the examples that speak of it."""

from __future__ import annotations

from typing import Any

from .sheet import MISSING, assigned
from .yaml import loaded

DRAWN = ("split", "holdout")


def lots_kept(text: str, old: str, new: str) -> str:
    """The text in which the step that is called `new` now still draws the lots that it drew as `old`.

    Who gets which arm follows from a salt, which is the journey's and the step's key unless it is written; so from now on it is. A salt
    that says what would follow anyway is taken out again.
    """
    document = loaded(text)
    item = next(one for one in document["steps"] if one["id"] == new)
    kind = next((one for one in DRAWN if one in item), "")
    if not kind:
        return text
    given, journey = item[kind], document.get("journey", "")
    salt = given.get("salt") if isinstance(given, dict) else None
    if salt is None:
        value = _long(kind, given) | {"salt": f"{journey}.{old}"}
        return assigned(text, ["steps", new, kind], value)
    return assigned(text, ["steps", new, kind, "salt"], MISSING) if salt == f"{journey}.{new}" else text


def _long(kind: str, given: Any) -> dict[str, Any]:
    """The settings with a place for a salt."""
    if kind == "holdout":
        return dict(given) if isinstance(given, dict) else {"share": given}
    if "arms" in given:
        return dict(given)
    by = {"by": given["by"]} if "by" in given else {}
    return {**by, "arms": {arm: weight for arm, weight in given.items() if arm != "by"}}


def examples_renamed(text: str, old: str, new: str) -> str:
    """The examples with a step's new id: in the lots they want, and in what they say of messages of that step."""
    for n, example in enumerate(_examples(text)):
        lot = example.get("lot")
        if isinstance(lot, dict) and old in lot:
            text = assigned(text, ["examples", n, "lot"], {new if step == old else step: arm for step, arm in lot.items()})
        for m, told in enumerate(example.get("events") or ()):
            more = told.get("with") if isinstance(told, dict) else None
            if isinstance(more, dict) and more.get("step") == old and str(told.get("event", "")).startswith("message."):
                text = assigned(text, ["examples", n, "events", m, "with", "step"], new)
    return text


def arms_renamed(text: str, step: str, names: dict[str, str]) -> str:
    """The examples with the new names of a step's arms: `names` says old → new."""
    for n, example in enumerate(_examples(text)):
        lot = example.get("lot")
        if isinstance(lot, dict) and lot.get(step) in names:
            text = assigned(text, ["examples", n, "lot", step], names[lot[step]])
    return text


def _examples(text: str) -> list[dict[str, Any]]:
    document = loaded(text)
    given = document.get("examples") if isinstance(document, dict) else None
    return [one if isinstance(one, dict) else {} for one in given] if isinstance(given, list) else []
