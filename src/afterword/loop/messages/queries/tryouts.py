"""A message exactly as it would be written to one person from a campaign, with links that lead nowhere: to be read by the team first."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from afterword.loop.customers import door as customers

from ..rules.brand import Dress
from ..rules.catalogues import known
from ..rules.render import Rendered, render
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
    return _rendered(message, wording, language, seen, Dress(kept.name, kept.brand))


def _rendered(message: str, wording: Wording | None, language: str, seen: dict[str, Any], dress: Dress) -> tuple[Rendered, str]:
    if wording:
        return render_wording(wording, language, seen, dress, NOWHERE), language
    return render(message, known(language), seen, dress, NOWHERE), known(language)
