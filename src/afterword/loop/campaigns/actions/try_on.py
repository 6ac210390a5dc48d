"""A campaign's message to oneself, before it goes: with a real person of its segment, its links leading nowhere, counted nowhere.

It goes by the campaign's own channel, to an address of the tester's own there; what goes by each person's wish is tried by mail.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.identity import door as identity
from afterword.loop.messages import door as messages
from afterword.loop.segments import door as segments

from ..models import Campaign
from ..queries.listing import one, origin_of
from ..rules import plans
from ..rules.testers import WHY_NOT, address_of, good_id
from ..types import BadCampaign, NobodyThere, NotATestAddress, NoTestAddress, NotTaken, Plan, TooManyTests

TRIED, MOST, WITHIN = "campaign tried", 20, timedelta(hours=1)
WANTED = {
    "phone": "It should be a telephone number with its country code, such as +40712345678.",
    "id": "It should be an id without spaces.",
}


def tried(
    key: str, *, arm: str = "A", customer: UUID | None = None, locale: str = "", at: datetime, named: bool = True
) -> messages.Rendered:
    """The message as somebody of the segment would read it by mail. Raises BadCampaign, NobodyThere.

    Args:
        customer: who; the first that is in the segment where nobody is named.
        locale: another language than theirs.
        named: whether it may name them.
    """
    row, message = _one_of(key, arm)
    return _whole(row, message, customer or _somebody(key), locale, at, named)[0]


def tried_few(
    key: str, *, arm: str = "A", customer: UUID | None = None, locale: str = "", at: datetime, named: bool = True
) -> messages.Short:
    """The same in the few words of the campaign's channel."""
    row, message = _one_of(key, arm)
    return _few(row, message, customer or _somebody(key), locale, at, named)[0]


def try_on(
    key: str, *, to: accounts.Member, address: str = "", arm: str = "A", customer: UUID | None = None, locale: str = "", at: datetime,
    mark: str = "[Test]",
) -> str:  # fmt: skip
    """Send it to a member, who sees names only as far as their role does, and people of their stores only; in which language it went.
    Audited, without the address.

    Args:
        address: theirs in the campaign's channel, where that is not mail: a telephone number, or an id.

    Raises BadCampaign, NobodyThere, NoTestAddress, NotATestAddress, TooManyTests, NotTaken where nobody takes it, NotAnAddress.
    """
    row, message = _one_of(key, arm)
    kind, plan = address_of(row.plan["channel"]), Plan.of(row.plan)
    where = _own(kind, plan.channel, address)
    since = clock.real_now() - WITHIN
    if accounts.audited().filter(member=to, what=TRIED, at__gt=since).count() >= MOST:
        raise TooManyTests(many=MOST)
    shown, named = customer or _somebody(key, accounts.person(to).stores), accounts.may(to, "see_contact")
    if kind == "mail":
        made, language = _whole(row, message, shown, locale, at, named)
        outcome = messages.try_on(to.email, to.name, made, mark=mark, language=language)
    else:
        words, language = _few(row, message, shown, locale, at, named)
        category = plans.category_of(plan, messages.category(message))
        outcome = messages.try_note(
            where, words, message=message, category=category, channel=plan.channel, store=row.store, mark=mark, language=language, at=at
        )  # fmt: skip
    accounts.audit(
        to, TRIED, key, after={"message": message, "language": language, "channel": plan.channel, "result": outcome.result}
    )  # fmt: skip
    if outcome.result != "accepted":
        raise NotTaken(said=outcome.said or outcome.word)
    return language


def _own(kind: str, channel: str, address: str) -> str:
    """The tester's own address in the channel; their mail's is the member's."""
    if kind == "mail":
        return ""
    if kind == "none":
        raise NoTestAddress(why=WHY_NOT.get(channel, "This channel has no address to try it with."))
    found = identity.normal_phone(address) if kind == "phone" else good_id(address)
    if not found:
        raise NotATestAddress(given=address[:40], wanted=WANTED[kind])
    return found


def _somebody(key: str, stores: Collection[str] | None = None) -> UUID:
    """The first of its segment; with stores, of those who belong to one of them. Raises NobodyThere."""
    segment = Plan.of(one(key).plan).segment
    found = segments.sample(segment, most=1, stores=None if stores is None else sorted(stores))
    if not found:
        raise NobodyThere(segment=dict(segments.names()).get(segment, segment))
    return found[0]


def _one_of(key: str, arm: str) -> tuple[Campaign, str]:
    row = one(key)
    message = dict(Plan.of(row.plan).arms).get(arm)
    if message is None:
        raise BadCampaign(field="arm", fault="choose one of its messages")
    return row, message


def _whole(row: Campaign, message: str, customer: UUID, locale: str, at: datetime, named: bool) -> tuple[messages.Rendered, str]:
    return messages.as_for(message, customer, origin=origin_of(row.key), store=row.store, at=at, locale=locale, named=named)


def _few(row: Campaign, message: str, customer: UUID, locale: str, at: datetime, named: bool) -> tuple[messages.Short, str]:
    channel = Plan.of(row.plan).channel
    return messages.few_for(
        message, customer, channel=channel, origin=origin_of(row.key), store=row.store, at=at, locale=locale, named=named
    )  # fmt: skip
