"""An event in our own JSON → what it tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec

from afterword.kernel.errors import Complaint
from afterword.loop.events.types import Told, Who

from ..rules.rights import FROM_SERVER, NOT_HERE
from ..types import Understood

SOURCE = "api"
WHO = ("external_id", "email", "phone", "anonymous_id")
REFERENCES = ("order", "shipment", "product")
KNOWN = ("name", "occurred_at", "id", "source", "store", "customer", "properties", *REFERENCES)
PATHS = {"anonymous_id": "customer.anonymous_id"}
_CANONICAL = msgspec.json.Encoder(order="sorted")


def understand(body: object, *, store: str, received_at: datetime, source: str = SOURCE) -> Understood:
    """One event: `{name, occurred_at?, id?, customer?, order?, shipment?, product?, properties?}`. What it says is its id where none is."""
    if not isinstance(body, dict):
        return Understood(complaints=(Complaint("", f"is {type(body).__name__}", "an object"),))
    found = [Complaint(key[:60], "is not known here", "one of " + ", ".join(KNOWN)) for key in body if key not in KNOWN]
    name = body.get("name")
    if not isinstance(name, str) or not name:
        found.append(Complaint("name", "is missing" if name is None else "is no text", "the name of an event, such as order.placed"))
    at = _instant(body.get("occurred_at"), received_at, found)
    references: dict[str, Any] = {key: _reference(body.get(key), key, found) for key in REFERENCES}
    properties = body.get("properties", {})
    if not isinstance(properties, dict):
        found.append(Complaint("properties", f"is {type(properties).__name__}", "an object"))
    who = _who(body.get("customer"), found)
    given = _reference(body.get("id"), "id", found)
    if found:
        return Understood(complaints=tuple(found))
    said_by = _reference(body.get("source"), "source", found) or source
    source_id = given or "sha256:" + sha256(_CANONICAL.encode(body)).hexdigest()
    told = Told(str(name), at, said_by, f"{store}:{source_id}", store=store, who=who, properties=dict(properties), **references)
    return Understood((told,))


def beyond(body: Mapping[str, Any]) -> list[Complaint]:
    """What a browser key may not tell and no event would show: who somebody is, and whose word it is."""
    who = body.get("customer")
    given = who if isinstance(who, Mapping) else {}
    found = [
        Complaint(f"customer.{key}"[:60], NOT_HERE, "anonymous_id alone") for key, value in given.items() if value and key != "anonymous_id"
    ]
    return found + [Complaint("source", NOT_HERE, FROM_SERVER)] * (body.get("source") is not None)


def _instant(value: object, fallback: datetime, found: list[Complaint]) -> datetime:
    if value is None:
        return fallback
    try:
        at = datetime.fromisoformat(value)  # type: ignore[arg-type]
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        pass  # said below, together with an instant that has no zone
    found.append(Complaint("occurred_at", f"is {_short(value)}", "an instant with its zone, such as 2026-05-01T09:00:00Z"))
    return fallback


def _reference(value: object, key: str, found: list[Complaint]) -> str | None:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
        return str(value)
    if isinstance(value, str) and value:
        return value
    found.append(Complaint(key, f"is {_short(value)}", "a text"))
    return None


def _who(value: object, found: list[Complaint]) -> Who | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        found.append(Complaint("customer", f"is {type(value).__name__}", "an object with " + ", ".join(WHO)))
        return None
    given: dict[str, Any] = {key: _reference(value.get(key), f"customer.{key}", found) for key in WHO}
    verified = value.get("verified", False)
    if not isinstance(verified, bool):
        found.append(Complaint("customer.verified", f"is {_short(verified)}", "true or false"))
    return Who(**given, verified=verified is True)


def _short(value: object) -> str:
    return repr(value)[:60].encode("utf-8", "replace").decode()
