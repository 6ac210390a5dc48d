"""Papers that travel with letters: which letter carries one, what the shop's own invoice is, and what is enclosed at last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from afterword.kit import sql
from afterword.loop.channels import door as channels

from ..rules.brand import Dress
from ..rules.catalogues import catalogue
from ..rules.enclosures import Enclosure
from ..rules.paper import Kind, drawn, file_name, summary
from ..rules.wording import Wording
from .wordings import Manners

# Which messages carry what their store wishes; any other only what it says itself.
OF_STORES = ("order_confirmation", "refund_done")
CREDITS = ("refund_done",)
NONE = UUID(int=0)  # of no refund: invoices, and a credit note that came before any refund, which is the first one's
Place = tuple[UUID, str, UUID]  # where a paper is kept: its order, its kind, the event of its refund
KEPT = "select order_id, kind, refund_id, state, content, said from message_paper where order_id = any(%s)"
REFUNDS = "select order_id, id from event where order_id = any(%s) and name = 'order.refunded' order by order_id, known_at"
# The latest address of an invoice that events of these orders name, and that of each refund's own credit note.
NAMED = """
select distinct on (e.order_id, refund_id) e.order_id, case when e.name = 'order.refunded' then 'credit' else 'invoice' end as kind,
       case when e.name = 'order.refunded' then e.id else '00000000-0000-0000-0000-000000000000' end as refund_id,
       e.store, x.properties ->> 'invoice_url' as address
from event e join event_personal x on x.event_id = e.id
where e.order_id = any(%s) and e.name like 'order.%%' and x.properties ->> 'invoice_url' <> ''
order by e.order_id, refund_id, e.known_at desc
"""


@dataclass(frozen=True)
class Kept:
    """A paper of the shop's own: `wanted`, `there` or `failed`, its bytes, and what was said when it could not be had."""

    state: str
    content: bytes
    said: str


def wish(message: str, wording: Wording | None, manners: Manners) -> str:
    """What travels with a message: off, summary or invoice."""
    if wording is not None and wording.paper:
        return wording.paper
    return manners.paper if message in OF_STORES else "off"


def kind_of(message: str) -> Kind:
    """Which of an order's papers a message is about."""
    return "credit" if message in CREDITS else "invoice"


def places(rows: Iterable[Mapping[str, Any]]) -> dict[UUID, tuple[Place, ...]]:
    """Where the own paper of each letter (`id, order_id, message, run`) may lie, the best place first. One statement, none without credits.

    A letter about a refund speaks of the one that its run began with, else of the latest; another refund's paper is not its own.
    """
    rows = list(rows)
    crediting = {row["order_id"] for row in rows if kind_of(row["message"]) == "credit"}
    refunds: dict[UUID, list[UUID]] = {}
    for order, refund in sql.rows(REFUNDS, [list(crediting)]) if crediting else ():
        refunds.setdefault(order, []).append(refund)
    found: dict[UUID, tuple[Place, ...]] = {}
    for row in rows:
        order, kind = row["order_id"], kind_of(row["message"])
        of = refunds.get(order, []) if kind == "credit" else []
        mine = row["run"] if row.get("run") in of else of[-1] if of else NONE
        found[row["id"]] = ((order, kind, mine), (order, kind, NONE)) if of and mine == of[0] else ((order, kind, mine),)
    return found


def kept_papers(orders: Iterable[UUID]) -> dict[Place, Kept]:
    """The shop's own papers of these orders that were asked for or uploaded. One statement, none for no orders."""
    ids = list(orders)
    found = sql.rows(KEPT, [ids]) if ids else []
    return {(order, kind, refund): Kept(state, bytes(content or b""), said) for order, kind, refund, state, content, said in found}


def named_papers(orders: Iterable[UUID]) -> dict[Place, tuple[str, str]]:
    """(store, address) of the papers that events name. One statement, none for no orders."""
    ids = list(orders)
    rows = sql.rows(NAMED, [ids]) if ids else []
    return {(order, kind, refund): (store, address) for order, kind, refund, store, address in rows}


def own_papers(rows: Iterable[Mapping[str, Any]]) -> dict[UUID, Kept]:
    """The shop's own paper of each of these letters, by its id: kept, or only named, as in a replay, which fetches nothing."""
    where = places(rows)
    orders = {place[0] for those in where.values() for place in those}
    there = {place: Kept("named", b"", "it was not fetched") for place in named_papers(orders)} | kept_papers(orders)
    found = {id: [there[place] for place in those if place in there] for id, those in where.items()}
    return {id: next((one for one in some if one.state == "there"), some[0]) for id, some in found.items() if some}


@dataclass(frozen=True)
class Enclosed:
    """What a letter carries, and what there is to say of it."""

    files: tuple[Enclosure, ...] = ()
    said: str = ""


def enclosed(
    row: Mapping[str, Any], wished: str, order: Mapping[str, Any], own: Mapping[UUID, Kept], dress: Dress, locale: str,
    zone: str, at: datetime,
) -> Enclosed:  # fmt: skip
    """The paper of one letter: the shop's own where it is wished and there, else a summary; without fonts for that, none."""
    if wished == "off" or not order.get("id"):
        return Enclosed()
    kind, number = kind_of(row["message"]), str(order.get("number") or "")
    found = own.get(row["id"]) if wished == "invoice" else None
    if found is not None and found.state == "there":
        return Enclosed((Enclosure(file_name(kind, True, number), "application/pdf", found.content),), "invoice")
    why = f"; the shop's own could not be had: {found.said or 'it did not come in time'}" if found is not None else ""
    try:
        made = drawing(kind, order, dress, locale, zone, at)
    except channels.CannotSay as fault:
        return Enclosed((), f"nothing: {fault}{why}")
    return Enclosed((Enclosure(file_name(kind, False, number), "application/pdf", made),), f"summary{why}")


def drawing(kind: Kind, order: Mapping[str, Any], dress: Dress, locale: str, zone: str, at: datetime) -> bytes:
    """The summary as PDF; signs that no font has are left out. Raises CannotSay where there are no fonts."""
    said = summary(kind, order, catalogue(locale), dress, zone)
    strange = {sign for sign in said.said if not sign.isspace() and sign.isprintable() and ord(sign) not in channels.fonts_have()}
    if strange:
        said = summary(kind, _without(order, strange), catalogue(locale), Dress(_bare(dress.name, strange), dress.brand), zone)
    fonts = channels.fonts_needed(said.said, paper="A summary")
    return drawn(said, channels.open_paper(fonts, title=f"{said.title}, {said.number}", author=said.shop), dress.brand.colour, at)


def _bare(text: str, strange: set[str]) -> str:
    return "".join(sign for sign in text if sign not in strange)


def _without(given: Any, strange: set[str]) -> Any:
    """The same, without these signs in any of its texts."""
    if isinstance(given, str):
        return _bare(given, strange)
    if isinstance(given, Mapping):
        return {name: _without(value, strange) for name, value in given.items()}
    return [_without(one, strange) for one in given] if isinstance(given, list) else given
