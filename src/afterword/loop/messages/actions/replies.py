"""What customers write over a channel: kept as an answer to a message; a word to stop is heeded at once, and confirmed where we must."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from afterword.kernel.ids import uuid7_from
from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.channels.door import Heard, Note, OpenWay
from afterword.loop.consent import door as consent
from afterword.loop.customers import door as customers
from afterword.loop.events.types import Told
from afterword.loop.identity import door as identity

from ..queries.letters import ring
from ..rules import stops
from ..rules.catalogues import catalogue, known
from ..rules.links import BadLink, LinkExpired, read
from ..types import about

ABOUT_ORDERS = ("transactional", "service")
# What they had allowed by itself before they stopped everything.
HAD = """
select exists (select 1 from consent_history where customer_id = %s and channel = %s and purpose = 'marketing' and state = 'granted'
               and known_to = '9999-12-31 00:00+00')
"""


@dataclass(frozen=True)
class Answer:
    """What is said back to somebody: a key of the catalogue, in whose language, to which address; `mark` tells a repetition."""

    key: str
    customer: UUID
    address: str
    store: str
    mark: str


def written(way: OpenWay, heard: Heard, customer: UUID, row: dict[str, Any], now: datetime) -> tuple[int, Answer | None]:
    """An answer of a customer: the event, what it changes in consent, and what is said back."""
    mark = sha256(f"{way.key}:{heard.reference}".encode()).hexdigest()[:32]
    told = Told(
        "message.replied", heard.at or now, "afterword", f"{mark}:replied", store=row["store"], customer_id=customer, message_id=row["id"],
        properties={**about(row), "channel": way.channel, "automatic": False}, personal={"text": heard.text},
    )  # fmt: skip
    accepted = identity.record([told], received_at=now).accepted
    said = "stop" if heard.kind == "stopped" else stops.said(heard.text)
    if not accepted or said is None:
        return accepted, None
    proof = {"words": heard.text[:200], "place": f"{way.channel}: {way.key}"}
    if said == "stop":
        consent.withdraw(
            customer, channel=way.channel, purpose="all", at=now, every_store=not way.store, store=row["store"], how="reply", proof=proof
        )
    elif said == "start":
        purposes = (*ABOUT_ORDERS, *(("marketing",) if sql.value(HAD, [customer, way.channel]) else ()))
        for purpose in purposes:
            consent.grant(customer, channel=way.channel, purpose=purpose, at=now, store=row["store"], how="reply", proof=proof)
    # Where the provider answers these words itself, and closes the line, nothing more is said.
    answer = (
        Answer(f"reply.{said}", customer, heard.address, row["store"], mark) if heard.kind != "stopped" or way.channel != "sms" else None
    )
    return accepted, answer


def come(way: OpenWay, heard: Heard, now: datetime) -> tuple[int, Answer | None]:
    """Somebody came by a link of theirs: from now on they are reached here, for what concerns their orders."""
    try:
        token = read(ring(), heard.token, "link", clock.real_now())
    except (BadLink, LinkExpired):
        return 0, None
    customer, store = token.ids[0], way.store or _first_store()
    proof = {"words": catalogue("en").say("page.ways.proof", {}), "place": f"{way.channel}: {way.key}"}
    channels.link(customer, way.channel, heard.address, how="link", at=now, store=store, mark=heard.reference)
    for purpose in ABOUT_ORDERS:
        consent.grant(customer, channel=way.channel, purpose=purpose, at=now, store=store, how="link", proof=proof)
    return 1, Answer("reply.linked", customer, heard.address, store, heard.reference)


def say(way: OpenWay, answers: Sequence[Answer], now: datetime) -> None:
    """Say it over the same channel, now: whoever just wrote waits for it. What cannot be said is left: the deed is done."""
    if not answers or way.closed:
        return
    people = customers.contacts([one.customer for one in answers])
    names = {store.key: store.name for store in accounts.stores()}
    notes = []
    for one in answers:
        locale = known(str(people.get(one.customer, {}).get("language") or "en"))
        shop = names.get(one.store) or next(iter(names.values()), "")
        text = catalogue(locale).say(one.key, {"shop": shop})
        id = uuid7_from(now, one.mark.encode())
        notes.append(Note(id, one.address, shop, text, locale, "transactional", one.key, now, open=True, sender=shop))
    for outcome in channels.carry(way.provider, notes, way.settings, now, within=10.0):
        if outcome is not None and outcome.word in ("network", "no_server"):
            channels.failed(way.key, outcome.said or outcome.word, now)


def _first_store() -> str:
    stores = accounts.stores()
    return stores[0].key if stores else "main"
