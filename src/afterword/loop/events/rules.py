"""Whether one told event can be kept: its properties typed, sorted into what names a person and what does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from afterword.kernel.errors import Complaint
from afterword.kernel.shapes import Event, Prop, complaints, fits, props

from .types import Told

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
LONGEST_REFERENCE = 400
_COUNTRY = re.compile(r"^[A-Z]{2}$")
_LANGUAGE = re.compile(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")
_STORE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$")
_REFERENCES = ("source", "source_id", "store", "order", "shipment", "product")


_shapes: dict[type[Event], tuple[dict[str, Prop], tuple[str, ...]]] = {}


def shape(definition: type[Event]) -> tuple[dict[str, Prop], tuple[str, ...]]:
    """The properties of an event definition by name, and the names of those that must be there."""
    found = _shapes.get(definition)
    if found is None:
        known = {p.name: p for p in props(definition)}
        found = _shapes[definition] = known, tuple(name for name, p in known.items() if p.required)
    return found


def faults_of_envelope(told: Told, received_at: datetime) -> list[Complaint]:
    """What is wrong with everything but the properties."""
    found: list[Complaint] = []
    at = told.occurred_at
    if at.tzinfo is None:
        found.append(Complaint("occurred_at", "has no time zone", "an instant with its zone, such as 2026-05-01T09:00:00Z"))
    elif not EARLIEST <= at <= received_at + AHEAD:
        found.append(Complaint("occurred_at", f"is {at.isoformat()}", "an instant after 1990 and not in the future"))
    for name in _REFERENCES:
        value = getattr(told, name)
        if value is None:
            continue
        if not isinstance(value, str) or not value or len(value) > LONGEST_REFERENCE or not _clean(value):
            found.append(Complaint(name, "cannot be kept", f"a text of 1 to {LONGEST_REFERENCE} characters"))
    if isinstance(told.store, str) and not _STORE.match(told.store):
        found.append(Complaint("store", f"is {told.store[:40]!r}", "a store's key: letters, digits, - and _"))
    return found


def sort_out(
    definition: type[Event], properties: Mapping[str, Any], personal: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any], list[Complaint]]:
    """(readable properties, personal ones, complaints).

    Declared properties are typed and written in one canonical form, so that no later cast can fail. What is not declared is
    kept with the personal ones: nobody has said that it names no one.
    """
    known, required = shape(definition)
    given = {**personal, **properties}
    plain: dict[str, Any] = {}
    private: dict[str, Any] = {}
    found: list[Complaint] = []
    for name, value in given.items():
        if value is None:
            continue
        p = known.get(name)
        if p is None:
            if not isinstance(name, str) or not _clean(name) or not storable(value):
                found.append(Complaint(f"properties.{str(name)[:60]}", "cannot be kept", "text without NUL or broken characters"))
            else:
                private[name] = value
            continue
        typed, complaint = typed_value(p, value)
        if complaint:
            found.append(complaint)
        elif p.personal:
            private[name] = typed
        else:
            plain[name] = typed
    for name in required:
        if given.get(name) is None:
            found.extend(c for c in complaints(definition, {}) if c.path == f"properties.{name}")
    return plain, private, found


def typed_value(p: Prop, value: Any) -> tuple[Any, Complaint | None]:
    """The value in the one form in which it is stored, or a complaint."""
    path = f"properties.{p.name}"
    if not fits(p.kind, value) or not storable(value):
        return None, Complaint(path, f"is {_short(value)}", _EXPECTED[p.kind])
    if p.choices and value not in p.choices:
        return None, Complaint(path, f"is {_short(value)}", "one of " + ", ".join(p.choices))
    if p.kind == "instant":
        return _instant(path, value)
    if p.kind == "day":
        return date.fromisoformat(value).isoformat(), None
    if p.kind == "uuid":
        return str(UUID(value)), None
    if p.kind == "text" and p.name in _FORMS:
        good, expected = _FORMS[p.name]
        if not good(value):
            return None, Complaint(path, f"is {_short(value)}", expected)
    return value, None


def _instant(path: str, value: str) -> tuple[str | None, Complaint | None]:
    try:
        return datetime.fromisoformat(value).astimezone(UTC).isoformat(), None
    except (OverflowError, ValueError):
        return None, Complaint(path, f"is {_short(value)}", _EXPECTED["instant"])


def storable(value: Any, depth: int = 0) -> bool:
    """Whether the database can keep this value: no NUL, no lone surrogates, not absurdly deep."""
    if isinstance(value, str):
        return _clean(value)
    if depth > 32:
        return False
    if isinstance(value, dict):
        return all(isinstance(k, str) and _clean(k) and storable(v, depth + 1) for k, v in value.items())
    if isinstance(value, list):
        return all(storable(v, depth + 1) for v in value)
    if isinstance(value, float):
        return abs(value) < 1e300
    return not isinstance(value, int) or abs(value) < 10**30


def _clean(text: str) -> bool:
    if text.isascii():
        return "\x00" not in text
    return "\x00" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """Every IANA zone that is known here."""
    return frozenset(available_timezones())


_FORMS: dict[str, tuple[Callable[[str], bool], str]] = {
    "zone": (lambda v: v in zones(), "an IANA zone, such as Europe/Bucharest"),
    "country": (lambda v: bool(_COUNTRY.match(v)), "a country of two capital letters (ISO 3166)"),
    "language": (lambda v: bool(_LANGUAGE.match(v)), "a language, such as ro or pt-BR (BCP 47)"),
}
_EXPECTED = {
    "text": "text", "int": "a whole number", "number": "a number", "bool": "true or false", "uuid": "a UUID",
    "instant": "an instant with its zone, such as 2026-05-01T09:00:00Z", "day": "a day, such as 2026-05-01",
    "minor": "money in minor units, a whole number", "currency": "a currency of three letters (ISO 4217)",
    "json": "an object or a list",
}  # fmt: skip


def _short(value: Any) -> str:
    text = repr(value)[:80]
    text = text.replace("\x00", "\\0").encode("utf-8", "replace").decode()
    return text if len(text) <= 60 else text[:57] + "…"
