"""Walking through a journey as oneself, sped up: begin, go on when it is time, skip, stop.

A walk is a row with the instant at which it goes on, so it goes on whoever looks, also after a kill. A letter is claimed by the same
statement that arrives at its step, and sent afterwards: it is never sent twice, and one that was cut off between is shown as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from afterword.kernel.errors import AfterwordError
from afterword.kernel.ids import uuid7
from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.messages import door as messages

from ..models import Walk
from ..rules.drawing import spoken_outcome
from ..rules.walks import Stride
from ..types import NothingToSpeakOf

MOST = 50  # walks that go on in one round
SENDING, SENT = "sending", "sent"


def begin_walk(
    journey: str, strides: Sequence[Stride], *, member: accounts.Member, stores: list[str] | None, locale: str, speed: float, now: datetime
) -> Walk:
    """Set out; an earlier walk of theirs through this journey stops. Raises NothingToSpeakOf.

    Args:
        speed: seconds of the journey that pass in a second; 0 for all at once.
        stores: whose orders they may see; None for all.
        now: the real time.
    """
    order = messages.listing.latest_order(stores)
    if order is None:
        raise NothingToSpeakOf
    with transaction.atomic():
        stop_walk(journey, member=member, now=now)
        return Walk.objects.create(
            id=uuid7(now), journey=journey, member=member, locale=locale, order_id=order["order_id"], customer_id=order["customer_id"],
            store=order["store"], speed=speed, strides=[_kept(one) for one in strides], next_at=now, began_at=now,
        )  # fmt: skip


def _kept(stride: Stride) -> dict[str, Any]:
    step = stride.step
    return {
        "key": step.key, "icon": step.icon, "label": step.label, "name": step.name, "message": step.message, "length": stride.length,
        "imagined": stride.imagined, "way": spoken_outcome(stride.taken) if stride.taken and len(step.ways) > 1 else "", "letter": "",
    }  # fmt: skip


def walk_of(journey: str, member: accounts.Member) -> Walk | None:
    """Their latest walk through this journey."""
    return Walk.objects.filter(journey=journey, member=member).order_by("-began_at").first()


def stop_walk(journey: str, *, member: accounts.Member, now: datetime) -> int:
    """Stop where it stands; how many walks did."""
    return Walk.objects.filter(journey=journey, member=member, next_at__isnull=False).update(next_at=None, ended_at=now, stopped=True)


def skip_wait(journey: str, *, member: accounts.Member, position: int, now: datetime) -> None:
    """Go on to the next step at once, if it still stands at this one."""
    walk = Walk.objects.filter(journey=journey, member=member, next_at__isnull=False, position=position).first()
    if walk is not None and _go_on(walk.pk, now, position):
        go_on(now, only=walk.pk)


def go_on(now: datetime, *, only: UUID | None = None) -> int:
    """Let every walk go on whose time has come, or one; how many steps were taken."""
    due = Walk.objects.filter(next_at__lte=now).order_by("next_at")
    ids = [only] if only else list(due.values_list("pk", flat=True)[:MOST])
    taken = 0
    for id in ids:
        while _go_on(id, now):
            taken += 1
    return taken


def next_stride(now: datetime) -> datetime | None:
    """When the next walk goes on, in the time that is shown. Uses journey_walk_next."""
    at: datetime | None = sql.value("select min(next_at) from journey_walk where next_at is not null")
    row = clock.shown()
    return at if at is None or row is None else row.at(at)


def _go_on(id: UUID, now: datetime, position: int | None = None) -> bool:
    """One step, if it is due, or if it is to be taken from this position; whether it was taken."""
    with transaction.atomic():
        given = {"position": position} if position is not None else {"next_at__lte": now}
        walk = Walk.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=id, next_at__isnull=False, **given).first()
        if walk is None:
            return False
        leaves = now if position is not None or walk.next_at is None else walk.next_at
        walk.position += 1
        if walk.position >= len(walk.strides):
            walk.next_at, walk.ended_at = None, now
        else:
            stride = walk.strides[walk.position]
            walk.next_at = leaves + timedelta(seconds=stride["length"] / walk.speed) if walk.speed else now
            stride["letter"] = SENDING if stride["message"] else ""
        walk.save(update_fields=["position", "next_at", "ended_at", "strides"])
    if walk.next_at is not None and walk.strides[walk.position]["message"]:
        said = _send(walk, walk.position)
        path = "{" + f"{walk.position},letter" + "}"
        sql.run("update journey_walk set strides = jsonb_set(strides, %s::text[], to_jsonb(%s::text)) where id = %s", [path, said, walk.pk])
    return True


def _send(walk: Walk, position: int) -> str:
    """Send the letter of a step to whoever walks; what became of it."""
    member, message = walk.member, walk.strides[position]["message"]
    of = [n for n, one in enumerate(walk.strides) if one["message"]]
    order = {"order_id": walk.order_id, "customer_id": walk.customer_id, "store": walk.store}
    try:
        made = messages.preview(message, order, walk.locale, clock.now(), named=accounts.may(member, "see_contact"))
        mark = f"[{of.index(position) + 1}/{len(of)}]"
        outcome = messages.try_on(member.email, member.name, made, mark=mark, language=walk.locale)
    except AfterwordError as error:
        return str(error)
    return SENT if outcome.result == "accepted" else outcome.said or outcome.word
