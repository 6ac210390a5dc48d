"""What a step may say of a task, a tag or a call, and what is kept of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from afterword.kernel import durations
from afterword.kernel.errors import Refused
from afterword.kernel.marks import gettext_noop

from ..types import BadSettings

_TAG = re.compile(r"^[a-z0-9][a-z0-9_\-]{0,59}$")
_KEY = re.compile(r"^[a-z][a-z0-9_\-]{0,59}$")
MOST_TEXT, MOST_DATA = 500, 20
LENGTH = {
    "type": ["string", "integer"],
    "pattern": r"^\s*\d+(\.\d+)?\s*[smhdw]\s*$",
    "description": gettext_noop("such as 90s, 15m, 36h, 3d, 2w"),
}
TAG = {"type": "string", "pattern": _TAG.pattern, "description": gettext_noop("lower case letters, digits, - and _")}
TEXT = {"type": "string", "minLength": 1, "maxLength": MOST_TEXT}
TASK = {
    "anyOf": [
        TEXT,
        {
            "type": "object",
            "properties": {"title": TEXT, "note": TEXT, "due_in": LENGTH, "for": {"enum": ["support", "marketing", "owner"]}},
            "required": ["title"],
            "additionalProperties": False,
        },
    ]
}  # fmt: skip
WEBHOOK = {
    "anyOf": [
        {"type": "string", "pattern": _KEY.pattern},
        {
            "type": "object",
            "properties": {
                "to": {"type": "string", "pattern": _KEY.pattern, "description": gettext_noop("an endpoint of Settings")},
                "name": {"type": "string", "description": gettext_noop("the type of the event, as the receiver sees it")},
                "data": {"type": "object", "description": gettext_noop("fixed values to send along")},
            },
            "required": ["to"],
            "additionalProperties": False,
        },
    ]
}  # fmt: skip


def task(given: Any, place: str) -> dict[str, Any]:
    """A title, or title, note, due_in and for whom."""
    d = _mapping({"title": given} if isinstance(given, str) else given, place, {"title", "note", "due_in", "for"})
    for name in ("title", "note"):
        if name in d and not (isinstance(d[name], str) and 0 < len(d[name].strip()) <= MOST_TEXT):
            raise BadSettings(place=f"{place}.{name}", fault="is no text of that kind", expected=f"1 to {MOST_TEXT} characters")
    if "title" not in d:
        raise BadSettings(place=f"{place}.title", fault="is missing", expected="what is to be done")
    if d.get("for", "support") not in ("support", "marketing", "owner"):
        raise BadSettings(place=f"{place}.for", fault=f"is “{d['for']}”", expected="support, marketing or owner")
    return {"title": d["title"].strip(), "note": d.get("note", ""), "for": d.get("for", "support"), "due_in": _length(d, place)}


def tag(given: Any, place: str) -> dict[str, Any]:
    """One tag."""
    if not isinstance(given, str) or not _TAG.match(given):
        raise BadSettings(place=place, fault=f"is “{given}”", expected="a tag in lower case, such as vip")
    return {"tag": given}


def webhook(given: Any, place: str) -> dict[str, Any]:
    """An endpoint's key, or `to`, `name` and `data`."""
    d = _mapping({"to": given} if isinstance(given, str) else given, place, {"to", "name", "data"})
    if not isinstance(d.get("to"), str) or not _KEY.match(d["to"]):
        fault = "is missing" if "to" not in d else f"is “{d['to']}”"
        raise BadSettings(place=f"{place}.to", fault=fault, expected="the key of an endpoint")
    data = d.get("data", {})
    if not isinstance(data, Mapping) or len(data) > MOST_DATA or not all(isinstance(v, str | int | float | bool) for v in data.values()):
        raise BadSettings(place=f"{place}.data", fault="cannot be sent", expected=f"at most {MOST_DATA} names with plain values")
    return {"to": d["to"], "name": str(d.get("name", "")), "data": dict(data)}


def _mapping(d: Any, place: str, names: set[str]) -> Mapping[str, Any]:
    if not isinstance(d, Mapping):
        raise BadSettings(place=place, fault="is missing" if d is None else f"is “{d}”", expected="a mapping")
    for name in d:
        if name not in names:
            raise BadSettings(place=f"{place}.{name}", fault="is not known", expected="one of " + ", ".join(sorted(names)))
    return d


def _length(d: Mapping[str, Any], place: str) -> int:
    if "due_in" not in d:
        return 0
    try:
        return durations.seconds(d["due_in"])
    except Refused as error:
        raise BadSettings(place=f"{place}.due_in", fault=f"is “{d['due_in']}”", expected="a duration such as 2d") from error
