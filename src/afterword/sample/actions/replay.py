"""Live through a history by the real loop: tell, seal, tick, judge, hand over, react; a step of the grid at a time.

The grid of instants is fixed by the start and the step, every part of a step can be repeated without effect, and a step
begins where the sealed frontier stands. So a replay that is killed anywhere, and started again, ends where an undisturbed
one does, with nothing said twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.errands import door as errands
from afterword.loop.events import door as events
from afterword.loop.identity import door as identity
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages
from afterword.loop.orders import jobs as orders
from afterword.loop.segments import door as segments

from ..types import OtherShop, Progress, Source
from .reactions import Reactions

STEP = timedelta(hours=6)
BATCH = 2000


def begin(source: Source, *, seed: int = 0, data: str = "", step: timedelta = STEP) -> Progress:
    """Set the shop up, with its stores, clocks and the shipped journeys, at its first instant. Beginning again changes nothing."""
    there = progress()
    if there is not None:
        if there.shop != source.name:
            raise OtherShop(there=there.shop, shop=source.name)
        return there
    with transaction.atomic():
        for store in source.stores:
            quiet = dict(zip(("quiet_from", "quiet_until"), store.quiet, strict=True)) if store.quiet else {}
            accounts.save_store(
                store.key, by=None, name=store.name, currency=store.currency, languages=store.languages, zone=store.zone,
                brand=dict(store.brand), **quiet,
            )  # fmt: skip
        clock.set_shown(source.starts_at, rate=0.0)
        # A worker that came first has sealed an empty log up to the real time; no past could be lived through after that.
        sql.run("delete from frontier where not exists (select 1 from event)")
        events.seal(source.starts_at)
        segments.keep_shipped(at=source.starts_at)
        journeys.keep_shipped(at=source.starts_at)
        for key in journeys.shipped():
            journeys.publish(key, at=source.starts_at, by="sample shop", until=source.starts_at)
        journeys.strike(until=source.ends_at)
        sql.run(
            "insert into sample_replay (shop, data, seed, customers, starts_at, ends_at, at, step_seconds, left_out) "
            "values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                source.name,
                data,
                seed,
                source.customers,
                source.starts_at,
                source.ends_at,
                source.starts_at,
                int(step.total_seconds()),
                json.dumps(dict(source.left_out)),
            ],
        )
    found = progress()
    assert found is not None
    return found


def replay(source: Source, *, watch: Callable[[Progress], None] | None = None, stop: Callable[[], bool] = lambda: False) -> Progress:
    """Go on from where the replay stands to the end of the history; `stop` is asked between steps, `watch` is told after each."""
    state = begin(source)
    step = timedelta(seconds=sql.value("select step_seconds from sample_replay"))
    # What a crash of the database takes back is done again, in order: nobody waits for the disk at every step.
    sql.run("set synchronous_commit = off")
    messages.end_leases()  # ours alone to send now: what another's death left in doubt need not wait for its lease
    reactions = Reactions(source)
    while not state.done and not stop():
        if state.paused:
            clock.rest(0.5)
        else:
            one_step(source, reactions, state.at, min(state.at + step, state.ends_at))
            _keep_pace(step)
        now = progress()
        assert now is not None
        state = now
        if watch:
            watch(state)
    return state


def one_step(source: Source, reactions: Reactions, since: datetime, until: datetime) -> None:
    """The step `(since, until]` of the grid, whole. Everything in it may be done twice.

    What customers do about a message is told in the step after it was sent, with its own instant.
    """
    told = [*source.told(since, until), *reactions.due(since, until)]
    for n in range(0, len(told), BATCH):
        identity.record(told[n : n + BATCH], received_at=until)
    events.seal(until, known="occurred")
    clock.set_shown(until, rate=0.0)
    orders.tell_delays(until)
    segments.follow(until)
    journeys.tick(until)
    errands.perform(until)
    messages.judge(until, logical=True)
    messages.hand_over(until, logical=True)
    sql.run(
        "update sample_replay set at = %(until)s, events = events + %(told)s, done_at = case when %(until)s >= ends_at then now() end, "
        "messages = (select count(*) from message_intent where state = 'sent')",
        {"until": until, "told": len(told)},
    )


def _keep_pace(step: timedelta) -> None:
    """With a speed (shown seconds a real one), rest as long as a step is ahead of it; 0 is as fast as it goes."""
    speed = sql.value("select speed from sample_replay")
    if speed:
        clock.rest(min(step.total_seconds() / speed, 5.0))


def progress() -> Progress | None:
    """How far the replay is; None where there is none."""
    found = sql.records("select * from sample_replay")
    if not found:
        return None
    row: dict[str, Any] = found[0]
    left_out = row["left_out"] if isinstance(row["left_out"], dict) else json.loads(row["left_out"])
    return Progress(
        row["shop"],
        row["starts_at"],
        row["ends_at"],
        row["at"],
        row["events"],
        row["messages"],
        row["paused"],
        row["done_at"] is not None,
        left_out,
    )


def set_pace(*, speed: float | None = None, paused: bool | None = None) -> None:
    """Make a running replay slower or quicker (shown seconds a real second, 0 for as fast as it goes), pause it or let it go on."""
    sql.run("update sample_replay set speed = coalesce(%s, speed), paused = coalesce(%s, paused)", [speed, paused])
