"""Reading the log: the frontier, the installation's secret, events as a person looks at them, and the printed reference."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from afterword.kernel.ids import keyed_id
from afterword.kernel.shapes import Event, Prop, Vocabulary, json_schema, props, readable, view_name, wide_name
from afterword.loop.accounts import door as accounts

PG_TYPES = {
    "text": "text", "int": "bigint", "number": "double precision", "bool": "boolean", "instant": "timestamptz", "day": "date",
    "uuid": "uuid", "minor": "bigint", "currency": "text",
}  # fmt: skip
COMMON = (
    "id", "known_at", "occurred_at", "store", "customer_id", "order_id", "shipment_id", "product_id", "message_id", "dice", "customer_dice",
)  # fmt: skip


def secret() -> bytes:
    """The installation's secret, from which the ids of the shop's things follow. It never changes."""
    return accounts.secret()


def order_id(store: str, reference: str) -> UUID:
    """The id of the order that the shop calls `reference`."""
    return keyed_id(secret(), "order", store, reference)


def shipment_id(store: str, reference: str) -> UUID:
    """The id of the parcel that the shop or carrier calls `reference`."""
    return keyed_id(secret(), "shipment", store, reference)


def product_id(store: str, reference: str) -> UUID:
    """The id of the product that the shop calls `reference`."""
    return keyed_id(secret(), "product", store, reference)


def frontier() -> datetime | None:
    """Up to when everything is sealed; None before the first seal."""
    with connection.cursor() as cursor:
        cursor.execute("select sealed_until from frontier")
        row = cursor.fetchone()
    return row[0] if row else None


def waiting() -> int:
    """How many events are in the inbox."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from event_inbox")
        return int(cursor.fetchone()[0])


def view_sql(definition: type[Event]) -> str:
    """The typed view of one event name. Each cast sits in a CASE on the name, so that no plan can cast another event's text."""
    name = definition.name
    columns = [*COMMON, *(f'{_guarded(name, p)} as "{p.name}"' for p in readable(definition))]
    columns.append("source = 'import' as imported")  # imported history starts no runs
    return f"create view {view_name(name)} as select {', '.join(columns)} from event where name = '{name}'"


def wide_view_sql(vocabulary: Vocabulary) -> str:
    """The view over all events, with every readable property in a column of its own.

    What listens to several events reads this: a union of the typed views would hide the log's indexes from the planner.
    """
    return f"create view event_any as select {_wide(vocabulary)} from event"


def lately_view_sql(vocabulary: Vocabulary) -> str:
    """The same without the quarters that closed before anybody in this pass arrived: see `event_reach`."""
    return f"create view event_lately as select {_wide(vocabulary)} from event where id >= event_floor()"


def recalled_view_sql(vocabulary: Vocabulary) -> str:
    """The same and the past that merges gave: what a customer's events are, from `seen_from` until they are `forgotten_at`."""
    wide = _wide(vocabulary)
    log = f"select {wide}, known_at as seen_from, '9999-12-31 00:00+00'::timestamptz as forgotten_at from event"
    return f"create view event_recalled as {log} union all select {wide}, seen_from, forgotten_at from event_past"


def _wide(vocabulary: Vocabulary) -> str:
    columns = [*COMMON, "name", "source = 'import' as imported"]
    return ", ".join(columns + [f'{_guarded(d.name, p)} as "{wide_name(d.name, p.name)}"' for d in vocabulary for p in readable(d)])


def _guarded(name: str, p: Prop) -> str:
    value = f"properties ->> '{p.name}'"
    cast = value if PG_TYPES[p.kind] == "text" else f"({value})::{PG_TYPES[p.kind]}"
    return f"case when name = '{name}' then {cast} end"


def reference_page(vocabulary: Vocabulary) -> str:
    """The reference of all events, as Markdown."""
    out = [
        "# Events",
        "",
        "Printed from the definitions. Every event also carries id, occurred_at, received_at, known_at, source,",
        "store and the ids of what it is about.",
        "",
    ]  # noqa: E501
    for definition in vocabulary:
        schema = json_schema(definition)
        told = " A browser key may tell it." if definition.from_browsers else ""
        out += [f"## {definition.name}", "", f"{schema['description']} About: {definition.subject}.{told}", ""]
        rows = props(definition)
        if rows:
            out += ["| property | kind | needed | personal | what it says |", "|---|---|---|---|---|"]
        for p in rows:
            doc = p.doc + (f" ({', '.join(p.choices)})" if p.choices else "")
            unit = f" in {p.unit}" if p.unit else ""
            out.append(f"| `{p.name}` | {p.kind}{unit} | {'yes' if p.required else ''} | {'yes' if p.personal else ''} | {doc} |")
        if definition.example:
            out += ["", "```json", json.dumps(definition.example, indent=2, ensure_ascii=False), "```"]
        out.append("")
    return "\n".join(out)


def reference_files(vocabulary: Vocabulary) -> dict[str, str]:
    """Every printed file of the reference, by its path below `docs/reference`."""
    files = {"events.md": reference_page(vocabulary)}
    for definition in vocabulary:
        files[f"schema/{definition.name}.json"] = json.dumps(json_schema(definition), indent=2, ensure_ascii=False) + "\n"
    return files


def personal_of(event_ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """What names people in these events."""
    with connection.cursor() as cursor:
        cursor.execute("select event_id, properties from event_personal where event_id = any(%s)", [event_ids])
        return {row[0]: json.loads(row[1]) if isinstance(row[1], str) else row[1] for row in cursor.fetchall()}
