"""What providers tell us: how far a message came, and what customers write, want no more of, or come by.

Nothing is believed that its provider did not sign. Each thing counts once, however often it is told; states only move forward.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from afterword.kernel.errors import Complaint, Refused
from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.channels.door import Call, Heard, OpenWay
from afterword.loop.consent import door as consent
from afterword.loop.events.types import Told
from afterword.loop.identity import door as identity
from afterword.loop.intake import door as intake
from afterword.loop.intake.types import Kept

from ..types import about
from . import replies
from .early import keep_early, take_up
from .outcomes import closed

SENT = """
select d.id as delivery, m.id, m.store, m.message, d.channel, m.category, m.origin, m.run, m.step, m.customer_id, d.address, d.state,
       d.response, m.asked_channel, m.channel as goes_by
from message_delivery d join message_intent m on m.id = d.intent_id where {where}
"""
# A message whose sender died before it heard that it was taken: that it arrived says so.
FORWARD = """
update message_delivery set state = %(state)s, delivered_at = coalesce(delivered_at, %(at)s), next_at = null,
       accepted_at = coalesce(accepted_at, %(at)s), read_at = case when %(state)s = 'read' then coalesce(read_at, %(at)s) end,
       provider_id = case when provider_id = '' then %(theirs)s else provider_id end
where id = %(id)s and state <> 'read' and state <> %(state)s and (state <> 'failed' or response = 'in doubt')
"""
ARRIVED = """
update message_intent set state = 'sent', sent_at = coalesce(sent_at, %s), reason = '' where id = %s and state in ('released', 'failed')
"""
FAILED = """
update message_delivery set state = 'failed', failed_at = %(at)s, next_at = null, response = %(said)s
where id = %(id)s and state in ('queued', 'handed', 'accepted', 'deferred')
"""
# What came back may go another way, if it was asked to.
ANOTHER = """
update message_intent set state = 'planned', ask_at = %(now)s, released_at = null, sent_at = null, tried = tried || channel,
       channel = asked_channel
where id = %(id)s and asked_channel <> '' and channel = %(channel)s and useful_until > %(now)s
"""
GIVEN_UP = "update message_intent set state = 'failed', reason = %s where id = %s and state = 'released'"


class NotTheirs(Refused):
    """This was not signed by who it says it is from."""


@dataclass(frozen=True)
class Understood:
    """What a call was: how many events it told; what to answer where the caller asked something."""

    told: int = 0
    answer: str = ""


def hear(kind: str, hook: str, call: Call, now: datetime) -> Understood:
    """Take in one call of a provider. Raises NoSuchProvider, NotTheirs."""
    way = channels.way_by_hook(kind, hook)
    if way.provider.challenge is not None and (asked := way.provider.challenge(call, way.settings)) is not None:
        return Understood(answer=asked)
    if way.provider.verified is None or way.provider.heard is None or not way.provider.verified(call, way.settings):
        raise NotTheirs
    told, answers = 0, list[replies.Answer]()
    with transaction.atomic():
        for one in way.provider.heard(call, way.settings):
            count, answer = _one(way, one, call, now)
            told += count
            if answer is not None:
                answers.append(answer)
    replies.say(way, answers, now)
    return Understood(told)


def _one(way: OpenWay, heard: Heard, call: Call, now: datetime) -> tuple[int, replies.Answer | None]:
    heard = replace(heard, at=min(heard.at, now) if heard.at else now)
    if heard.kind in ("delivered", "read", "failed", "complained"):
        rows = _meant(way, heard)
        if not rows:
            keep_early(way, heard, now)
        return sum(_of_ours(way.provider.name, heard, row, now) for row in rows), None
    if heard.kind == "linked":
        return replies.come(way, heard, now)
    customer = _customer(way, heard)
    if heard.kind == "unlinked":
        if customer is not None:
            channels.unlink(
                customer, way.channel, heard.address, reason=heard.word or "gone", at=now, store=_store(way), mark=heard.reference
            )
        return int(customer is not None), None
    row = _about(way, heard, customer)
    if customer is None or row is None:
        return _aside(way, call, now), None
    return replies.written(way, heard, customer, row, now)


def _meant(way: OpenWay, heard: Heard) -> list[dict[str, Any]]:
    """Which deliveries a receipt is about: the one with our id, else with theirs, else all to an address up to a moment."""
    if heard.id is not None:
        return sql.records(SENT.format(where="d.id = %s and d.channel = %s"), [heard.id, way.channel])
    if heard.provider_id:
        return sql.records(SENT.format(where="d.provider_id = %s and d.channel = %s"), [heard.provider_id, way.channel])
    if heard.until is not None and heard.address and (customer := _customer(way, heard)):
        where = "d.customer_id = %s and d.channel = %s and d.address = %s and d.accepted_at <= %s and d.state in ('accepted', 'delivered')"
        return sql.records(SENT.format(where=where), [customer, way.channel, heard.address, heard.until])
    return []


def take_up_early(now: datetime) -> int:
    """Receipts that came before we knew the provider's name for their message, and whose message is known by now; how many."""

    def rows_of(ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
        return {row["delivery"]: row for row in sql.records(SENT.format(where="d.id = any(%s)"), [ids])}

    return take_up(rows_of, lambda provider, heard, row: _of_ours(provider, heard, row, now))


def _of_ours(provider: str, heard: Heard, row: dict[str, Any], now: datetime) -> int:
    """The events of one receipt about one delivery."""
    at = heard.at or now
    if heard.kind == "complained":
        told = [_told(row, "message.complained", at, {}, {})]
        accepted = identity.record(told, received_at=now).accepted
        if accepted:  # whoever calls a message spam has taken back what they allowed
            for purpose in ("marketing", "service"):
                consent.withdraw(row["customer_id"], channel=row["channel"], purpose=purpose, at=now, store=row["store"], how="complaint")
        return accepted
    if heard.kind == "failed":
        said = heard.said or heard.word
        if not sql.run(FAILED, {"id": row["delivery"], "at": at, "said": said[:500]}):
            return 0
        if not sql.run(ANOTHER, {"id": row["id"], "channel": row["channel"], "now": now}):
            sql.run(GIVEN_UP, [said[:500], row["id"]])
        told = [_told(row, "message.bounced", at, {"permanent": heard.suppress, "reason": heard.word}, {"detail": said})]
        told += [closed({**row, "message_id": row["id"]}, row["address"], heard.word, at)] if heard.suppress else []
        return identity.record(told, received_at=now).accepted
    if not sql.run(FORWARD, {"id": row["delivery"], "state": heard.kind, "at": at, "theirs": heard.provider_id}):
        return 0
    told = []
    if sql.run(ARRIVED, [at, row["id"]]):
        told.append(_told(row, "message.sent", at, {"provider": provider, "rehearsal": False}, {}))
    told.append(_told(row, f"message.{heard.kind}", at, {}, {}))
    return identity.record(told, received_at=now).accepted


def _told(row: dict[str, Any], name: str, at: datetime, more: dict[str, Any], personal: dict[str, Any]) -> Told:
    by = "" if name == "message.sent" else f":{row['channel']}"
    return Told(
        name, at, "afterword", f"{row['id']}:{name}{by}", store=row["store"], customer_id=row["customer_id"], message_id=row["id"],
        properties={**about(row), **more}, personal=personal,
    )  # fmt: skip


def _customer(way: OpenWay, heard: Heard) -> UUID | None:
    """Whose address it is in this channel: one that was linked, else a phone that the shop knows."""
    if not heard.address:
        return None
    return channels.holder(way.channel, heard.address) or identity.customer_by("phone", "", heard.address)


def _about(way: OpenWay, heard: Heard, customer: UUID | None) -> dict[str, Any] | None:
    """Which message somebody answers: the one that they name, else the last that we sent them this way, else the last of all."""
    if customer is None:
        return None
    wheres: Iterable[tuple[str, list[Any]]] = (
        ("d.provider_id = %s and d.channel = %s and m.person_id = %s", [heard.provider_id or "-", way.channel, customer]),
        ("m.person_id = %s and d.channel = %s and m.state = 'sent' order by m.sent_at desc limit 1", [customer, way.channel]),
        ("m.person_id = %s and m.state = 'sent' order by m.sent_at desc limit 1", [customer]),
    )
    return next((found[0] for where, params in wheres if (found := sql.records(SENT.format(where=where), params))), None)


def _store(way: OpenWay) -> str:
    stores = accounts.stores()
    return way.store or (stores[0].key if stores else "main")


def _aside(way: OpenWay, call: Call, now: datetime) -> int:
    mark = Complaint(path=way.channel, fault="somebody we do not know wrote", expected="an answer from an address that we have written to")
    intake.keep([Kept(way.provider.name, _store(way), call.body, (mark,))], received_at=now)
    return 0


@transaction.atomic
def printed(ids: Sequence[UUID], *, by: str, now: datetime, stores: list[str] | None = None) -> int:
    """Somebody of the team has printed these letters: as far as we can know, that is how they are delivered. How many were new."""
    done = channels.mark_printed(ids, by=by, at=now, stores=stores)
    for row in sql.records(SENT.format(where="d.id = any(%s) and d.channel = 'letter'"), [done]):
        if sql.run(FORWARD, {"id": row["delivery"], "state": "delivered", "at": now, "theirs": ""}):
            identity.record([_told(row, "message.delivered", now, {}, {})], received_at=now)
    return len(done)
