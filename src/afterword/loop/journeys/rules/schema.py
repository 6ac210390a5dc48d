"""The JSON Schema of a journey document, so that editors complete it. What a schema cannot say, the reader says (see `document`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from afterword.kernel.marks import gettext_noop
from afterword.loop.channels.types import ANY_CHANNEL, CHANNELS

from ..steps import KINDS
from ..steps.wait import WAKES

DURATION: dict[str, Any] = {
    "type": ["string", "integer"],
    "pattern": r"^\s*\d+(\.\d+)?\s*[smhdw]\s*$",
    "description": gettext_noop("such as 90s, 15m, 36h, 3d, 2w"),
}
CLOCK: dict[str, Any] = {
    "type": "string",
    "pattern": r"^((mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))? )?([01]\d|2[0-3]):[0-5]\d$",
    "description": gettext_noop("an hour in the customer's own zone, such as 09:00 or mon-fri 09:00"),
}
COPY_TO = {
    "type": "string",
    "format": "email",
    "description": gettext_noop("a colleague who gets a copy of each of its mails; nothing in it is counted"),
}
CONDITION: dict[str, Any] = {"type": "string", "description": gettext_noop('a condition, such as count(order.placed, last="365d") >= 2')}
KEY: dict[str, Any] = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,59}$"}


def journey_schema(
    events: Iterable[str], messages: Iterable[str], errands: Mapping[str, tuple[str, Mapping[str, Any]]] | None = None
) -> dict[str, Any]:
    """The schema, with the names of all events and messages filled in for completion.

    Args:
        errands: name → what it does and the schema of the settings, for each registered kind of errand.
    """
    event: dict[str, Any] = {"type": "string", "enum": sorted(events)}
    hears = {"anyOf": [event, _object({"event": event, "where": CONDITION, "same": {"enum": ["order", "customer"]}}, "event")]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Afterword journey",
        "description": gettext_noop("A named, acyclic graph of steps: what starts it, what ends it, what it is for."),
        **_object(
            {
                "journey": {**KEY, "description": gettext_noop("the journey's key")},
                "name": {"type": "string"},
                "about": {"type": "string"},
                "base": {"type": "string", "description": gettext_noop("the hash of the version that this text was exported from")},
                "tags": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": gettext_noop("words by which it is found in the gallery"),
                },
                "subject": {"enum": ["customer", "order", "shipment"], "default": "order"},
                "priority": {"enum": ["high", "normal", "low"], "default": "normal"},
                "copy_to": COPY_TO,
                "holdout": {
                    "anyOf": [{"enum": ["off", False]}, {"type": "string", "pattern": r"^\d+(\.\d+)?%$"}, {"type": "number"}],
                    "description": gettext_noop("the share that is left alone where every message is marketing (10%), or off"),
                },
                "trigger": _trigger(event),
                "exit_on": {"type": "array", "items": hears, "description": gettext_noop("events that end a run wherever it waits")},
                "goal": _object({"event": event, "where": CONDITION, "same": {"enum": ["order", "customer"]}, "within": DURATION}, "event"),
                "steps": {"type": "array", "minItems": 1, "items": _step(event, hears, sorted(messages), errands or {})},
                "examples": {
                    "type": "array",
                    "items": _example(event, sorted(messages)),
                    "description": gettext_noop("histories, and what they lead to"),
                },
            },
            "journey",
            "trigger",
            "steps",
        ),
    }


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _example(event: dict[str, Any], messages: list[str]) -> dict[str, Any]:
    at = {
        "type": "string",
        "pattern": r"^(-?\d+(\.\d+)?[smhdw]\s*)*(\d?\d:\d\d)?$",
        "description": gettext_noop("from the start, such as 3d, 2d 4h, 3d 17:30"),
    }
    told = {
        "event": event,
        "at": at,
        "after": {**at, "description": gettext_noop("from the line above, such as 2d 3h")},
        "late": {**DURATION, "description": gettext_noop("how long after it happened it became known")},
        **{
            key: {"type": ["string", "integer"], "description": gettext_noop("which, if there are several")}
            for key in ("order", "shipment", "product")
        },
        "with": {"type": "object", "description": gettext_noop("the event's properties")},
    }
    said = {"message": {"type": "string", "enum": messages}, "at": at, "after": told["after"], "dropped": {"type": "string"}}
    texts = {"type": "array", "items": {"type": "string"}}
    customer = _object({**{key: {"type": "string"} for key in ("zone", "country", "language")}, "consent": texts})
    return _object(
        {
            "name": {"type": "string"},
            "starts": {"type": "string", "description": gettext_noop("the day from which times count, such as 2026-03-02")},
            "customer": customer,
            "lot": {"type": "object", "additionalProperties": {"type": "string"}},
            "events": {"type": "array", "minItems": 1, "items": _object(told, "event")},
            "expect": {"type": "array", "items": _object(said, "message")},
        },
        "name",
        "events",
        "expect",
    )


def _trigger(event: dict[str, Any]) -> dict[str, Any]:
    return _object(
        {
            "event": event,
            "where": CONDITION,
            "max_age": {**DURATION, "description": gettext_noop("older events start nothing")},
            "reentry": {"anyOf": [{"enum": ["once", "once_per_customer", "every"]}, _object({"quiet": DURATION}, "quiet")]},
        },
        "event",
    )


def _step(
    event: dict[str, Any], hears: dict[str, Any], messages: list[str], errands: Mapping[str, tuple[str, Mapping[str, Any]]]
) -> dict[str, Any]:
    forms = _forms(event, hears, messages)
    then = {
        "anyOf": [KEY, {"type": "object", "additionalProperties": KEY}],
        "description": gettext_noop("the step that follows, or one for each outcome; end ends"),
    }
    shared = {"id": KEY, "title": {"type": "string"}, "note": {"type": "string"}, "then": then}
    told = {kind.kind: {**forms[kind.kind], "description": kind.about} for kind in KINDS}
    told |= {name: {**form, "description": about} for name, (about, form) in errands.items()}
    return {
        "type": "object",
        "properties": {**shared, **told},
        "required": ["id"],
        "additionalProperties": False,
        "oneOf": [{"required": [name]} for name in told],
    }


def _forms(event: dict[str, Any], hears: dict[str, Any], messages: list[str]) -> dict[str, dict[str, Any]]:
    dates = "|".join(WAKES)
    until = {
        "type": "string",
        "pattern": rf"^\s*(order\.({dates})|event\.\w+)\s*([+-]\s*\w+)?\s*$",
        "description": gettext_noop(
            "a date of the order, such as order.delivered_at + 3d, or of the event that begins a run, such as event.due_at - 1d"
        ),
    }
    business = {
        "type": "integer",
        "minimum": 1,
        "maximum": 60,
        "description": gettext_noop("so many business days later, at the hour of `at` (09:00)"),
    }
    calendar = {
        "type": "string",
        "pattern": "^[A-Z]{2}$",
        "description": gettext_noop("whose public holidays are no business days, such as RO"),
    }
    wait = {"for": DURATION, "until": until, "limit": DURATION, "at": CLOCK, "business_days": business, "holidays": calendar}
    heard = {
        "event": event,
        "where": CONDITION,
        "same": {"enum": ["order", "customer"]},
        "any": {"type": "array", "items": hears, "minItems": 1},
    }
    since = {"type": "string", "description": gettext_noop("sent, or the id of a step that sends: the limit begins when that message went")}
    weights = {"type": "object", "additionalProperties": {"type": "number", "exclusiveMinimum": 0}, "minProperties": 2}
    message = {"type": "string", "enum": messages}
    ways = {"type": "array", "items": {"enum": list(CHANNELS)}, "minItems": 1, "uniqueItems": True}
    channel = {"anyOf": [{"enum": [ANY_CHANNEL, *CHANNELS]}, ways]}
    sent = {"message": message, "channel": channel, "useful_for": DURATION, "on_drop": {"enum": ["go_on", "end"]}}
    return {
        "wait": {"anyOf": [DURATION, _object(wait)]},
        "wait_for": _object({**heard, "within": DURATION, "look_back": DURATION, "from": since}, "within"),
        "branch": {"type": "object", "additionalProperties": CONDITION, "minProperties": 1},
        "split": {
            "anyOf": [_object({"by": {"enum": ["subject", "customer"]}, "salt": {"type": "string"}, "arms": weights}, "arms"), weights]
        },
        "holdout": {
            "anyOf": [
                {"type": "string", "pattern": r"^\d+(\.\d+)?%$"},
                {"type": "number"},
                _object({"share": {}, "salt": {"type": "string"}}, "share"),
            ]
        },
        "send": {"anyOf": [message, _object(sent, "message")]},
        "exit": {"anyOf": [{"type": ["string", "null"]}, _object({"reason": {"type": "string"}})]},
    }
