"""A mapping: how the columns of somebody's file become our events. Written in YAML, read here from plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from afterword.kernel.errors import Complaint, Refused
from afterword.kernel.money import to_minor

from ..types import BadMapping

KINDS = ("text", "int", "number", "bool", "instant", "day", "money", "json")
EVENT_KEYS = {"name", "id", "occurred_at", "customer", "order", "shipment", "product", "properties", "if"}
PEOPLE = ("external_id", "email", "phone", "anonymous_id")
TRUE, FALSE = {"1", "true", "yes", "y", "t"}, {"0", "false", "no", "n", "f"}


@dataclass(frozen=True)
class Cell:
    """Where one value comes from: a column, or always the same; what kind it is; words replaced by ours."""

    column: str | None = None
    value: Any = None
    kind: str = "text"
    words: Mapping[str, Any] = field(default_factory=dict)
    format: str | None = None
    currency: str | None = None


@dataclass(frozen=True)
class EventMapping:
    """One event that each row tells, if its condition holds."""

    name: str
    id: Cell | None
    occurred_at: Cell | None
    references: Mapping[str, Cell]
    customer: Mapping[str, Cell]
    verified: bool
    properties: Mapping[str, Cell]
    only_if: tuple[tuple[str, tuple[str, ...] | None], ...]


@dataclass(frozen=True)
class FileMapping:
    """A whole mapping. `zone` is for instants that name none, `currency` for amounts."""

    events: tuple[EventMapping, ...]
    source: str | None
    zone: ZoneInfo
    currency: str | None


def read_mapping(given: object) -> FileMapping:
    """The mapping that a document holds; a refusal names the place that is wrong."""
    if not isinstance(given, Mapping) or not isinstance(given.get("events"), list) or not given["events"]:
        raise BadMapping(fault="it needs a list `events`, each with a name")
    unknown = set(given) - {"events", "source", "zone", "currency"}
    if unknown:
        raise BadMapping(fault=f"`{sorted(map(str, unknown))[0]}` is not known; known are events, source, zone, currency")
    try:
        zone = ZoneInfo(str(given.get("zone", "UTC")))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadMapping(fault=f"zone “{given.get('zone')}” is no IANA zone") from None
    events = tuple(_event(one, f"events[{n}]") for n, one in enumerate(given["events"]))
    return FileMapping(events, given.get("source"), zone, given.get("currency"))


def _event(given: object, at: str) -> EventMapping:
    if not isinstance(given, Mapping) or not isinstance(given.get("name"), str):
        raise BadMapping(fault=f"{at} needs a name")
    unknown = set(given) - EVENT_KEYS
    if unknown:
        raise BadMapping(fault=f"{at}.{sorted(map(str, unknown))[0]} is not known; known are {', '.join(sorted(EVENT_KEYS))}")
    customer = dict(given.get("customer") or {})
    verified = customer.pop("verified", False) is True
    wrong = set(customer) - set(PEOPLE)
    if wrong:
        raise BadMapping(fault=f"{at}.customer.{sorted(wrong)[0]} is not known; known are verified, {', '.join(PEOPLE)}")
    return EventMapping(
        name=given["name"],
        id=_cell(given["id"], f"{at}.id") if "id" in given else None,
        occurred_at=_cell(given["occurred_at"], f"{at}.occurred_at", "instant") if "occurred_at" in given else None,
        references={key: _cell(given[key], f"{at}.{key}") for key in ("order", "shipment", "product") if key in given},
        customer={key: _cell(cell, f"{at}.customer.{key}") for key, cell in customer.items()},
        verified=verified,
        properties={key: _cell(cell, f"{at}.properties.{key}") for key, cell in (given.get("properties") or {}).items()},
        only_if=_conditions(given.get("if"), f"{at}.if"),
    )


def _cell(given: object, at: str, kind: str = "text") -> Cell:
    """A column's name, or `{column: …, as: …}`, or `{value: …}`."""
    if isinstance(given, str):
        return Cell(column=given, kind=kind)
    if not isinstance(given, Mapping) or ("column" in given) == ("value" in given):
        raise BadMapping(fault=f"{at} is a column's name, or {{column: …}}, or {{value: …}}")
    unknown = set(given) - {"column", "value", "as", "words", "format", "currency"}
    if unknown:
        raise BadMapping(fault=f"{at}.{sorted(map(str, unknown))[0]} is not known; known are column, value, as, words, format, currency")
    kind = given.get("as", kind)
    if kind not in KINDS:
        raise BadMapping(fault=f"{at}.as is “{kind}”; expected one of {', '.join(KINDS)}")
    words = {str(key): value for key, value in (given.get("words") or {}).items()}
    return Cell(given.get("column"), given.get("value"), kind, words, given.get("format"), given.get("currency"))


def _conditions(given: object, at: str) -> tuple[tuple[str, tuple[str, ...] | None], ...]:
    """`{column: value}` or `{column: [values]}` or `{column: present}`; all must hold."""
    if given is None:
        return ()
    if not isinstance(given, Mapping):
        raise BadMapping(fault=f"{at} is {{column: value}}, {{column: [values]}} or {{column: present}}")
    out = []
    for column, value in given.items():
        values = None if value == "present" else tuple(map(str, value)) if isinstance(value, list) else (str(value),)
        out.append((str(column), values))
    return tuple(out)


def columns_of(mapping: FileMapping) -> set[str]:
    """Every column that the mapping reads."""
    cells = [c for e in mapping.events for c in (e.id, e.occurred_at, *e.references.values(), *e.customer.values(), *e.properties.values())]
    return {c.column for c in cells if c and c.column} | {column for e in mapping.events for column, _ in e.only_if}


def bodies_of(row: Mapping[str, Any], number: int, mapping: FileMapping) -> tuple[list[dict[str, Any]], list[Complaint]]:
    """The events that a row tells, in our own JSON, and what in it could not be read."""
    bodies: list[dict[str, Any]] = []
    found: list[Complaint] = []
    for event in mapping.events:
        if all(_holds(row.get(column), values) for column, values in event.only_if):
            body, wrong = _body(row, number, event, mapping)
            found += wrong
            bodies += [] if wrong else [body]
    return bodies, found


def _holds(value: Any, values: tuple[str, ...] | None) -> bool:
    text = "" if value is None else str(value).strip()
    return bool(text) if values is None else text in values


def _body(row: Mapping[str, Any], number: int, event: EventMapping, mapping: FileMapping) -> tuple[dict[str, Any], list[Complaint]]:
    found: list[Complaint] = []

    def read(cells: Mapping[str, Cell]) -> dict[str, Any]:
        values = {}
        for key, cell in cells.items():
            value, wrong = _value(row, cell, mapping)
            if wrong:
                found.append(wrong)
            elif value is not None:
                values[key] = value
        return values

    body: dict[str, Any] = {"name": event.name, "id": f"{number}:{event.name}", **read(event.references)}
    own = read({"id": event.id} if event.id else {})
    if own:
        body["id"] = f"{own['id']}:{event.name}"
    body |= read({"occurred_at": event.occurred_at} if event.occurred_at else {})
    customer = read(event.customer)
    if customer:
        body["customer"] = {**{key: str(value) for key, value in customer.items()}, "verified": event.verified}
    body["properties"] = read(event.properties)
    return body, found


def _value(row: Mapping[str, Any], cell: Cell, mapping: FileMapping) -> tuple[Any, Complaint | None]:
    if cell.column is None:
        return cell.value, None
    raw = row.get(cell.column)
    text = "" if raw is None else str(raw).strip()
    if not text or (isinstance(raw, float) and raw != raw):
        return None, None
    if text in cell.words:
        return cell.words[text], None
    try:
        return _typed(raw, text, cell, mapping), None
    except (ValueError, OverflowError, Refused):
        return None, Complaint(cell.column, f"is {text[:60]!r}", cell.format or cell.kind)


def _typed(raw: Any, text: str, cell: Cell, mapping: FileMapping) -> Any:
    match cell.kind:
        case "int":
            number = float(text)
            if number != int(number):
                raise ValueError(text)
            return int(text) if text.lstrip("+-").isdigit() else int(number)
        case "number":
            return float(text)
        case "bool":
            if text.lower() not in TRUE | FALSE:
                raise ValueError(text)
            return text.lower() in TRUE
        case "money":
            return to_minor(text, cell.currency or mapping.currency or "EUR")
        case "json":
            return json.loads(text) if isinstance(raw, str) else raw
        case "instant" | "day":
            at = raw if isinstance(raw, datetime) else _parsed(text, cell.format)
            at = at if at.tzinfo else at.replace(tzinfo=mapping.zone)
            return at.isoformat() if cell.kind == "instant" else at.date().isoformat()
    return text


def _parsed(text: str, form: str | None) -> datetime:
    return datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007
