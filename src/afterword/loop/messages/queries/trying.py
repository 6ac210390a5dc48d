"""Trying a message on before it is sent: how it reads for somebody, what lint finds in it, who sends it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.types import Brand
from afterword.loop.channels.door import sms_segments as segments
from afterword.loop.orders import door as orders

from ..models import Block
from ..rules.brand import Dress
from ..rules.examples import EXAMPLES, ORDINARY, Example
from ..rules.links import Links
from ..rules.lint import Facts, Finding, lint
from ..rules.render import Rendered
from ..rules.short import CODE, short_written
from ..rules.wording import Wording
from ..rules.written import render_wording
from .letters import NOWHERE, in_words, preview, read_for
from .offers import sources
from .papers import drawing, kind_of
from .uses import uses
from .wordings import all_manners, with_blocks

SHORT_LINK = f"/c/g/{'x' * CODE}"
_ANYWHERE = "https://shop.example/c"
# Addresses as a customer's mail has them, so that what is missing or too heavy is seen.
LIKE_REAL = Links(
    f"{_ANYWHERE}/o/{'x' * 90}", f"{_ANYWHERE}/s/{'x' * 90}", f"{_ANYWHERE}/u/{'x' * 80}", f"{_ANYWHERE}/u/{'x' * 80}",
    f"{_ANYWHERE}/p/{'x' * 80}", f"{_ANYWHERE}/i/{'x' * 80}.gif", lambda _: f"{_ANYWHERE}/l/{'x' * 120}", f"{_ANYWHERE}/r/{'x' * 110}",
    f"{_ANYWHERE}/v/{'x' * 80}",
)  # fmt: skip
# Orders of somebody, or with a number: both as a person would type them. What is typed stands in a parameter.
SOUGHT = """
select o.id as order_id, o.customer_id, o.store, o.number, o.placed_at, o.language, coalesce(c.full_name, '') as name
from orders_order o join customers_customer c on c.id = o.customer_id
where (%(stores)s::text[] is null or o.store = any(%(stores)s)) and c.erased_at is null
  and (o.customer_id = any(%(people)s) or o.number in (%(words)s, '#' || %(words)s))
order by o.placed_at desc limit 12
"""
ONE_ORDER = """
select o.id as order_id, o.customer_id, o.store, o.number, coalesce(c.full_name, '') as name
from orders_order o join customers_customer c on c.id = o.customer_id
where o.id = %(id)s and (%(stores)s::text[] is null or o.store = any(%(stores)s)) and c.erased_at is null
"""
SENDERS = """
select origin, count(*) as sent, max(sent_at) as last_at from message_intent
where message = %s and state = 'sent' and planned_at > %s group by origin order by 2 desc
"""


@dataclass(frozen=True)
class Who:
    """For whom a message is shown: a real order, or a made-up example."""

    example: Example | None = ORDINARY
    order: dict[str, Any] | None = None


def who(key: str, stores: list[str] | None) -> Who:
    """What an address names: `example:no_name-ordinary`, or the id of an order within reach; anything else is the ordinary example."""
    kind, _, rest = key.partition(":")
    if kind == "example" and rest in EXAMPLES:
        return Who(EXAMPLES[rest])
    if kind == "order":
        from uuid import UUID

        try:
            found = sql.records(ONE_ORDER, {"id": UUID(rest), "stores": stores})
        except ValueError:
            found = []
        if found:
            return Who(None, found[0])
    return Who()


def sought(words: str, people: list[Any], stores: list[str] | None) -> list[dict[str, Any]]:
    """The latest orders of these people, and those with this number, within reach. One statement."""
    return sql.records(SOUGHT, {"words": words.strip(), "people": people, "stores": stores})


def shown(wording: Wording, locale: str, to: Who, at: datetime, *, named: bool = True) -> Rendered:
    """A wording as it would read now, with the blocks it would be published with. Raises BadTemplate."""
    whole = with_blocks(wording)
    if to.order is not None:
        return preview(whole, to.order, locale, at, named=named)
    return example(whole, locale, to.example or ORDINARY, at)


def example(wording: Wording, locale: str, one: Example, at: datetime, links: Links = NOWHERE) -> Rendered:
    """A wording for a made-up customer of the first store. Raises BadTemplate."""
    stores = accounts.stores()
    context = one.context(at)
    if stores:
        context["zone"] = context["zone"] or stores[0].zone
    dress = Dress(stores[0].name, stores[0].brand) if stores else Dress("Afterword", Brand())
    return render_wording(wording, locale, context, dress, links)


def paper(wording: Wording, locale: str, to: Who, at: datetime) -> bytes:
    """The summary that would travel with it for somebody, as PDF. Raises CannotSay where there are no fonts."""
    stores = accounts.stores()
    store = next((one for one in stores if to.order is not None and one.key == to.order["store"]), stores[0] if stores else None)
    if to.order is not None:
        order = in_words(orders.letters([to.order["order_id"]]).get(to.order["order_id"], {}), locale)
    else:
        context = (to.example or ORDINARY).context(at)
        given = context["order"]
        order = {**given, "shipping_address": given.get("address"), "full_name": context["customer"].get("full_name")}
    dress = Dress(store.name, store.brand) if store else Dress("Afterword", Brand())
    return drawing(kind_of(wording.key), order, dress, locale, order.get("zone") or (store.zone if store else "UTC"), at)


def short(wording: Wording, locale: str, to: Who, at: datetime, *, named: bool = True) -> tuple[str, int]:
    """What it would say in few words, and in how many segments of SMS with its short link. Raises BadTemplate."""
    whole, stores = with_blocks(wording), accounts.stores()
    if to.order is not None:
        seen, dress = read_for(whole, to.order, locale, at, named=named)
    else:
        seen = (to.example or ORDINARY).context(at)
        dress = Dress(stores[0].name, stores[0].brand) if stores else Dress("Afterword", Brand())
        seen["zone"] = seen["zone"] or (stores[0].zone if stores else "UTC")
    words = short_written(whole, locale, seen, dress, NOWHERE, "sms")
    return words.text, segments(f"{words.text} {stores[0].address.rstrip('/') if stores else ''}{SHORT_LINK}")


def facts(at: datetime) -> Facts:
    """What lint should know of this shop. Four statements, and one for each room that sends."""
    stores, manners, sent = accounts.stores(), all_manners(), uses()
    campaigns: dict[str, tuple[str, ...]] = {}
    for use in sent:
        if use.to_many:
            campaigns[use.message] = (*campaigns.get(use.message, ()), use.sender)
    languages = tuple(dict.fromkeys(language for store in stores for language in store.languages)) or ("en",)
    return Facts(
        languages=languages,
        avoided=tuple(dict.fromkeys(word for one in manners.values() for word in one.avoided)),
        preferred={word: better for one in manners.values() for word, better in one.preferred.items()},
        blocks=dict(Block.objects.values_list("key", "source")),
        products=tuple(source.name for source in sources()),
        dead=dict(sql.rows("select address, answered from message_link where answered <> ''")),
        campaigns=campaigns,
        with_order=frozenset(use.message for use in sent if use.of_order),
        short=lambda wording, locale: short(wording, locale, Who(), at),
        rendered=lambda wording, locale: example(wording, locale, ORDINARY, at, LIKE_REAL),
    )


def found(wording: Wording, at: datetime) -> tuple[Finding, ...]:
    """Everything that lint finds in a wording."""
    return lint(with_blocks(wording), facts(at))


def senders(key: str, since: datetime) -> list[dict[str, Any]]:
    """From where this message was sent since then: origin, how many, when last. One statement."""
    return sql.records(SENDERS, [key, since])
