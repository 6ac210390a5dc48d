"""A campaign's message to oneself, before it goes: with a real person of its segment, its links leading nowhere, counted nowhere."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from afterword.loop.accounts import door as accounts
from afterword.loop.messages import door as messages
from afterword.loop.segments import door as segments

from ..queries.listing import one, origin_of
from ..types import BadCampaign, NobodyThere, NotTaken, Plan


def tried(
    key: str, *, arm: str = "A", customer: UUID | None = None, locale: str = "", at: datetime, named: bool = True
) -> messages.Rendered:
    """The message as somebody of the segment would read it. Raises BadCampaign, NobodyThere.

    Args:
        customer: who; the first that is in the segment where nobody is named.
        locale: another language than theirs.
        named: whether it may name them.
    """
    return _written(key, arm, customer or _somebody(key), locale, at, named)[0]


def try_on(
    key: str, *, to: accounts.Member, arm: str = "A", customer: UUID | None = None, locale: str = "", at: datetime, mark: str = "[Test]"
) -> str:  # fmt: skip
    """Send it to a member, who sees names only as far as their role does, and people of their stores only; in which language it went.
    Audited.

    Raises BadCampaign, NobodyThere, NotTaken where no mail server takes it, NotAnAddress.
    """
    made, language = _written(key, arm, customer or _somebody(key, accounts.person(to).stores), locale, at, accounts.may(to, "see_contact"))
    outcome = messages.try_on(to.email, to.name, made, mark=mark, language=language)
    if outcome.result != "accepted":
        raise NotTaken(said=outcome.said or outcome.word)
    accounts.audit(to, "campaign tried", key, after={"message": dict(Plan.of(one(key).plan).arms)[arm], "language": language})
    return language


def _somebody(key: str, stores: Collection[str] | None = None) -> UUID:
    """The first of its segment; with stores, of those who belong to one of them. Raises NobodyThere."""
    segment = Plan.of(one(key).plan).segment
    found = segments.sample(segment, most=1, stores=None if stores is None else sorted(stores))
    if not found:
        raise NobodyThere(segment=dict(segments.names()).get(segment, segment))
    return found[0]


def _written(key: str, arm: str, customer: UUID, locale: str, at: datetime, named: bool) -> tuple[messages.Rendered, str]:
    row = one(key)
    plan = Plan.of(row.plan)
    message = dict(plan.arms).get(arm)
    if message is None:
        raise BadCampaign(field="arm", fault="choose one of its messages")
    return messages.as_for(message, customer, origin=origin_of(key), store=row.store, at=at, locale=locale, named=named)
