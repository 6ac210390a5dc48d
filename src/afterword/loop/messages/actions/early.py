"""Receipts that are quicker than we are: a provider may tell that a message arrived before we have written down how it calls it.

They are kept, in the transaction that answers the provider, and taken up as soon as the id is there: whoever dies in between loses none.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from afterword.kit import clock, sql
from afterword.loop.channels.door import Heard, OpenWay

WAITS = timedelta(days=2)  # longer than any sender keeps in mind what it was told; what is not ours by then never was
BATCH = 500
KEEP = """
insert into message_early (way, reference, channel, provider, provider_id, kind, at, word, said, suppress, came_at)
values (%(way)s, %(reference)s, %(channel)s, %(provider)s, %(provider_id)s, %(kind)s, %(at)s, %(word)s, %(said)s, %(suppress)s, %(came)s)
on conflict do nothing
"""
# One statement finds them all, by the index of the deliveries, which holds those with an id only, so that is asked for as well; in the
# order in which they came, for states only move forward.
TAKEN = """
with found as (
    select e.way, e.reference, d.id as delivery from message_early e
    join message_delivery d on d.provider_id = e.provider_id and d.provider_id <> '' and d.channel = e.channel
    order by e.came_at, e.at, e.reference limit %(most)s for update of e skip locked
), gone as (
    delete from message_early e using found f where e.way = f.way and e.reference = f.reference returning e.*, f.delivery
)
select * from gone order by came_at, at, reference
"""
TIRED = "delete from message_early where came_at < %s"
Apply = Callable[[str, Heard, dict[str, Any]], int]  # the provider, what it told, the delivery; how many events that told


def keep_early(way: OpenWay, heard: Heard, now: datetime) -> bool:
    """Keep a receipt that names its message only by an id of theirs; whether it was one, and new."""
    if not heard.provider_id or heard.id is not None or heard.kind not in ("delivered", "read", "failed", "complained"):
        return False
    given = {
        "way": way.key, "reference": heard.reference, "channel": way.channel, "provider": way.provider.name, "kind": heard.kind,
        "provider_id": heard.provider_id, "at": heard.at or now, "word": heard.word, "said": heard.said[:2000], "suppress": heard.suppress,
        "came": clock.real_now(),
    }  # fmt: skip
    return sql.run(KEEP, given) == 1


def take_up(rows_of: Callable[[list[Any]], dict[Any, dict[str, Any]]], apply: Apply) -> int:
    """Take up what has found its message; how many. `rows_of` reads deliveries by id, as `apply` wants them."""
    done = 0
    while True:
        with transaction.atomic():
            found = sql.records(TAKEN, {"most": BATCH})
            for one in found:
                row = rows_of([one["delivery"]])[one["delivery"]]  # read anew: the receipt before may have moved it
                kind: Any = one["kind"]
                heard = Heard(
                    kind, one["reference"], provider_id=one["provider_id"], at=one["at"], word=one["word"], said=one["said"],
                    suppress=one["suppress"],
                )  # fmt: skip
                apply(one["provider"], heard, row)
        done += len(found)
        if len(found) < BATCH:
            return done


def end_early() -> int:
    """Forget those that never found a message: they were about something that others sent; how many."""
    return sql.run(TIRED, [clock.real_now() - WAITS])
