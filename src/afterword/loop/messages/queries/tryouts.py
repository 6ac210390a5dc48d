"""A message exactly as it would be written to one person from a campaign, with links that lead nowhere: to be read by the team first."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from afterword.loop.customers import door as customers

from ..rules.brand import Dress
from ..rules.catalogues import known
from ..rules.render import Rendered, render
from ..rules.shipped import shipped
from ..rules.short import Short, short, short_written
from ..rules.wording import Wording
from ..rules.written import render_wording
from .letters import NOWHERE, _more, _sold, context, house_of, offers, shown_offers, spoken


def as_for(
    message: str, customer: UUID, *, origin: str, store: str, at: datetime, locale: str = "", named: bool = True
) -> tuple[Rendered, str]:  # fmt: skip
    """The message as this person would read it, and in which language.

    Args:
        origin: where it would come from; what that invites to is said in it.
        locale: another language than theirs.
        named: whether it may name the person; without that it speaks to somebody unknown who has bought the same.
    """
    seen, wording, dress, language = _seen_for(message, customer, origin=origin, store=store, at=at, locale=locale, named=named)
    if wording:
        return render_wording(wording, language, seen, dress, NOWHERE), language
    return render(message, known(language), seen, dress, NOWHERE), known(language)


def few_for(
    message: str, customer: UUID, *, channel: str, origin: str, store: str, at: datetime, locale: str = "", named: bool = True
) -> tuple[Short, str]:  # fmt: skip
    """The same in the few words of a channel, its one link leading nowhere; see `as_for`."""
    seen, wording, dress, language = _seen_for(message, customer, origin=origin, store=store, at=at, locale=locale, named=named)
    links = replace(NOWHERE, order="")
    if wording:
        return short_written(wording, language, seen, dress, links, channel), language
    return short(shipped(message), known(language), seen, dress, links, channel), known(language)


def _seen_for(
    message: str, customer: UUID, *, origin: str, store: str, at: datetime, locale: str, named: bool
) -> tuple[dict[str, Any], Wording | None, Dress, str]:  # fmt: skip
    """What its texts may speak of, what the shop wrote, what it wears, in which language."""
    row: dict[str, Any] = {
        "id": UUID(int=0), "message": message, "customer_id": customer, "order_id": None, "store": store, "origin": origin, "run": customer,
        "watched": False,
    }  # fmt: skip
    contact = customers.contacts([customer]).get(customer, {})
    more = _more([row])
    _sold({}, more)
    house = house_of([row])
    kept, wording = house.store(store), house.wordings.get(message)
    language = locale or spoken(contact, {}, kept, wording)
    person = contact if named else {name: contact.get(name) for name in ("zone", "language")}
    more |= offers([row], house, keep=False)
    seen = context(row, person, {}, more, kept, at) | shown_offers(row, more, language)
    return seen, wording, Dress(kept.name, kept.brand), language
