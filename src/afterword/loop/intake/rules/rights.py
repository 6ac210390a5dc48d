"""What may be told with a key that stands in a page, where everybody can read it: what a visitor does there, and nothing else.

Whoever takes such a key can tell for a visitor whose name they know: the browser's own random one. So a browser key speaks for
anonymous ids alone. The shop's customer ids and order numbers can be guessed: who named one would write into another person's
past, be sent what is about another person's order, or have mails sent to them. What is told is written under a source of its own
(`browser`), because ids of events can be guessed as well: one told here must never count as the repetition of the shop's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from afterword.kernel.errors import Complaint
from afterword.loop.events.types import Told, Who

SOURCE = "browser"
OLDEST = timedelta(days=7)  # a visitor who was offline tells later; history comes from the shop's server
NOT_HERE = "may not be told with a browser key"
FROM_SERVER = "told with a server key, from the shop’s server"
Tells = Mapping[str, frozenset[str]]


def beyond(told: Told, received_at: datetime, tells: Tells, paths: Mapping[str, str]) -> list[Complaint]:
    """What in it a browser key may not tell. `tells`: names of events with those of their properties; `paths`: where the sender
    has written what we call by another name."""
    if told.name not in tells:
        return [Complaint(paths.get("name", "name"), NOT_HERE, f"one of {', '.join(sorted(tells))}; all else comes with a server key")]
    found = [Complaint(paths.get(name, name), NOT_HERE, FROM_SERVER) for name in ("order", "shipment") if getattr(told, name) is not None]
    found += [
        Complaint(f"properties.{name[:60]}", NOT_HERE, "one of " + ", ".join(sorted(tells[told.name])))
        for name in (*told.properties, *told.personal)
        if name not in tells[told.name]
    ]
    if told.who is None or told.who.anonymous_id is None:
        found.append(Complaint(paths.get("anonymous_id", "anonymous_id"), "is missing", "the visitor's own random id"))
    if told.occurred_at < received_at - OLDEST:
        path = paths.get("occurred_at", "occurred_at")
        found.append(Complaint(path, f"is {told.occurred_at.isoformat()}", f"within {OLDEST.days} days; history comes with a server key"))
    return found


def narrowed(told: Told) -> Told:
    """Only what a browser key may tell, taken over part by part."""
    who = Who(anonymous_id=told.who.anonymous_id if told.who else None)
    return Told(
        told.name, told.occurred_at, SOURCE, told.source_id, store=told.store, who=who, product=told.product,
        properties=told.properties, personal=told.personal,
    )  # fmt: skip
