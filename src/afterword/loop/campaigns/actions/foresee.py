"""What would be if a campaign went at a moment: its people are drawn as in earnest, the guard is asked, and everything is taken back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.messages import door as messages
from afterword.loop.segments import door as segments

from ..queries.listing import origin_of
from ..types import EVERYWHERE, HELD_OUT, ByChannel, Foreseen, Plan
from .drafts import locked
from .release import arms_of, draw
from .start import category

COUNTED = """
select count(*), count(*) filter (where arm = %s), count(*) filter (where arm = %s) from campaign_person where campaign_id = %s
"""
ASKED = """
select md5(p.customer_id::text || a.name)::uuid, p.customer_id, p.customer_id, null::uuid, %(store)s, a.message, a.channel, a.category,
       %(priority)s::bigint, %(at)s::timestamptz, %(at)s::timestamptz + %(useful)s::int * interval '1 hour', %(at)s::timestamptz,
       null::timestamptz
from campaign_person p
join jsonb_to_recordset(%(arms)s::jsonb) as a(name text, message text, channel text, category text)
     on a.name = case p.arm when '' then 'A' else p.arm end
where p.campaign_id = %(campaign)s
"""


def foresee(key: str, at: datetime) -> Foreseen:
    """Who would get it at a moment, now or a past one, and why others would not. What is written for that is taken back."""
    with transaction.atomic():
        row = locked(key)
        plan = Plan.of(row.plan)
        row.revision_id = row.revision_id or segments.live_revision(plan.segment)
        row.release_at = at
        row.everywhere = accounts.installation().global_holdout if category(plan) == "marketing" else 0.0
        sql.run("delete from campaign_person where campaign_id = %s", [row.pk])
        draw(row, plan)
        people, everywhere, held_out = sql.rows(COUNTED, [EVERYWHERE, HELD_OUT, row.pk])[0]
        said = messages.foresee(ASKED, {
            "campaign": row.pk, "store": row.store, "priority": plan.priority, "at": at, "useful": plan.useful_hours,
            "arms": json.dumps(arms_of(plan)),
        }, at, origin=origin_of(key), store=row.store)  # fmt: skip
        transaction.set_rollback(True)
    gone = [one for one in said.counted if one.outcome == "go"]
    reached = [one for one in said.counted if one.outcome != "drop"]
    back = Counter[tuple[str, str]]()
    for one in said.counted:
        if one.outcome != "go":
            back[one.outcome, one.reason] += one.many
    return Foreseen(
        at, people, sum(one.many for one in gone), everywhere, held_out, tuple((*why, many) for why, many in back.most_common()),
        _by_channel(said, row.store), _languages(reached, row.store), _most((one.zone, one.many) for one in reached),
    )  # fmt: skip


def _by_channel(said: messages.Foresight, store: str) -> tuple[ByChannel, ...]:
    """Of each channel, the dearest first: how many, in how many segments, for how much. A mail costs nothing unless a price is set."""
    known, found = channels.ways(), []
    for channel in {one.channel for one in said.counted if one.outcome in ("go", "hold")}:
        way = channels.way_of(known, channel, store)
        price, currency = channels.cost_of(way.settings, 1) if way else (None, "")
        free = price is None and channel == "email"
        go, hold = (
            Counter({one: one.many for one in said.counted if (one.channel, one.outcome) == (channel, word)}) for word in ("go", "hold")
        )
        weights = {name: segments for name, segments in said.segments.items() if name[0] == channel}
        each = _average(go, weights)
        unit = 0.0 if free else float(price) * (each or 1) if price is not None else None
        found.append(ByChannel(
            channel, go.total(), hold.total(), each, unit, None if unit is None else round(unit * go.total()),
            None if unit is None else round(unit * (go.total() + hold.total())), currency,
        ))  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-(one.minor or 0), -one.go, one.channel)))


def _average(go: Counter[messages.Foretold], weights: Mapping[tuple[str, str, str], float]) -> float | None:
    """Segments a message, each message and language counting as often as it would go."""
    weighed = [(weights[one.channel, one.message, one.language], many) for one, many in go.items()
               if (one.channel, one.message, one.language) in weights]  # fmt: skip
    return sum(weight * many for weight, many in weighed) / sum(many for _, many in weighed) if weighed else None


def _languages(reached: Sequence[messages.Foretold], store: str) -> tuple[tuple[str, int], ...]:
    """In which language they read it: what each person speaks, as far as the message is written in it."""
    read = {message: messages.read_in(message, store, {one.language for one in reached}) for message in {one.message for one in reached}}
    return _most((read[one.message][one.language], one.many) for one in reached)


def _most(counted: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    found = Counter[str]()
    for name, many in counted:
        found[name] += many
    return tuple(found.most_common())
