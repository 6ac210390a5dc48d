"""The shape of an event: its name, what it is about, its typed properties. Everything else is printed from this.

An event definition is a frozen dataclass whose fields are made with `prop`. From it come the JSON Schema, the reference
page, the typed views that conditions read, and the lake's column types.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import date, datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from .errors import Complaint, Refused

Kind = Literal["text", "int", "number", "bool", "instant", "day", "uuid", "minor", "currency", "json"]
Subject = Literal["customer", "order", "shipment", "product", "message"]

JSON_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "int": {"type": "integer"},
    "number": {"type": "number"},
    "bool": {"type": "boolean"},
    "instant": {"type": "string", "format": "date-time"},
    "day": {"type": "string", "format": "date"},
    "uuid": {"type": "string", "format": "uuid"},
    "minor": {"type": "integer", "description": "money in minor units"},
    "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
    "json": {"type": ["object", "array"]},
}
SCALARS = tuple(kind for kind in JSON_TYPES if kind != "json")
_NAME = re.compile(r"^[a-z_]+\.[a-z_]+$")
_CURRENCY = re.compile(r"^[A-Z]{3}$")


@dataclass(frozen=True)
class Prop:
    """One property of an event: what it holds, whether it must be there, whether it names a person."""

    name: str
    kind: Kind
    doc: str
    required: bool
    personal: bool
    unit: str
    choices: tuple[str, ...]


def prop(kind: Kind, doc: str, *, required: bool = False, personal: bool = False, unit: str = "", choices: tuple[str, ...] = ()) -> Any:
    """A property of an event, as a dataclass field."""
    meta = {"kind": kind, "doc": doc, "required": required, "personal": personal, "unit": unit, "choices": choices}
    return field(metadata=meta) if required else field(default=None, metadata=meta)


@dataclass(frozen=True)
class Event:
    """What happened. Subclasses are the vocabulary. `from_browsers`: a key that stands in a page, for everybody to read, may tell it."""

    name: ClassVar[str] = ""
    subject: ClassVar[Subject] = "customer"
    from_browsers: ClassVar[bool] = False
    example: ClassVar[dict[str, Any]] = {}


def props(definition: type[Event]) -> tuple[Prop, ...]:
    """The properties of a definition, in the order in which they are written."""
    return tuple(_as_prop(f) for f in fields(definition) if "kind" in f.metadata)


def _as_prop(f: Field[Any]) -> Prop:
    m = f.metadata
    required = f.default is MISSING and f.default_factory is MISSING
    return Prop(f.name, m["kind"], m["doc"], required, m["personal"], m["unit"], m["choices"])


def readable(definition: type[Event]) -> tuple[Prop, ...]:
    """The properties that conditions may read: scalars that name nobody."""
    return tuple(p for p in props(definition) if not p.personal and p.kind != "json")


def view_name(name: str) -> str:
    """The typed view that holds the events of this name: `order.placed` → `event_order_placed`."""
    return "event_" + name.replace(".", "_")


def wide_name(event: str, prop: str) -> str:
    """The column of a property in the view over all events: `survey.answered`, `score` → `survey_answered__score`."""
    return f"{event.replace('.', '_')}__{prop}"


def complaints(definition: type[Event], given: dict[str, Any], *, at: str = "properties") -> list[Complaint]:
    """What is wrong with these properties, each with its path, the fault and what was expected. Unknown ones are let be."""
    found: list[Complaint] = []
    for p in props(definition):
        value = given.get(p.name)
        path = f"{at}.{p.name}"
        if value is None:
            if p.required:
                found.append(Complaint(path, "is missing", _expected(p)))
        elif not fits(p.kind, value):
            found.append(Complaint(path, f"is {_short(value)}", _expected(p)))
        elif p.choices and value not in p.choices:
            found.append(Complaint(path, f"is {_short(value)}", "one of " + ", ".join(p.choices)))
    return found


def fits(kind: Kind, value: Any) -> bool:
    """Whether a JSON value can be stored as this kind without a cast that may fail later."""
    match kind:
        case "text":
            return isinstance(value, str) and "\x00" not in value
        case "bool":
            return isinstance(value, bool)
        case "int" | "minor":
            return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300
        case "currency":
            return isinstance(value, str) and bool(_CURRENCY.match(value))
        case "json":
            return isinstance(value, dict | list)
        case "instant" | "day" | "uuid":
            return _parses(kind, value)


def _parses(kind: str, value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        if kind == "uuid":
            UUID(value)
        elif kind == "day":
            date.fromisoformat(value)
        else:
            return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
    return True


def _expected(p: Prop) -> str:
    words = {
        "text": "text", "int": "a whole number", "number": "a number", "bool": "true or false", "uuid": "a UUID",
        "instant": "an instant with its zone, such as 2026-05-01T09:00:00Z", "day": "a day, such as 2026-05-01",
        "minor": "money in minor units, a whole number", "currency": "a currency of three letters (ISO 4217)",
        "json": "an object or a list",
    }  # fmt: skip
    return words[p.kind]


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


class UnknownEvent(Refused):
    """There is no event called “{name}”.{hint}"""


class BadDefinition(Refused):
    """The definition of “{name}” cannot be used: {fault}."""


class Vocabulary:
    """Every event that is understood here, by name. Rooms register theirs; nothing is discovered."""

    def __init__(self) -> None:
        self._by_name: dict[str, type[Event]] = {}
        self.from_browsers: dict[str, frozenset[str]] = {}  # what a browser key may tell, with the names of its properties

    def register(self, definitions: Iterable[type[Event]]) -> None:
        """Add definitions. A name is given once; registering the same class again changes nothing."""
        for definition in definitions:
            name = definition.name
            if not _NAME.match(name):
                raise BadDefinition(name=name, fault="a name is noun.past_verb in lower case")
            if not inspect.getdoc(definition):
                raise BadDefinition(name=name, fault="it has no docstring")
            known = self._by_name.get(name)
            if known not in (None, definition):
                raise BadDefinition(name=name, fault="another definition has this name")
            self._by_name[name] = definition
            if definition.from_browsers:
                self.from_browsers[name] = frozenset(p.name for p in props(definition))

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[type[Event]]:
        return iter(sorted(self._by_name.values(), key=lambda d: d.name))

    @property
    def names(self) -> tuple[str, ...]:
        """All names, sorted."""
        return tuple(sorted(self._by_name))

    def definition(self, name: str) -> type[Event]:
        """The definition of this name, or a refusal that names the nearest ones."""
        if name not in self._by_name:
            raise UnknownEvent(name=name, hint=_nearest(name, self.names))
        return self._by_name[name]


def _nearest(name: str, names: Iterable[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, list(names), n=2, cutoff=0.5)
    return f" Did you mean {' or '.join(close)}?" if close else ""


def json_schema(definition: type[Event]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of an event's properties."""
    out: dict[str, Any] = {}
    for p in props(definition):
        shape: dict[str, Any] = {**JSON_TYPES[p.kind], "description": p.doc}
        if p.choices:
            shape["enum"] = list(p.choices)
        out[p.name] = shape
    required = [p.name for p in props(definition) if p.required]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": definition.name,
        "description": inspect.getdoc(definition) or "",
        "type": "object",
        "properties": out,
        "required": required,
        "examples": [definition.example] if definition.example else [],
    }
