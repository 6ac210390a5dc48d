"""A real history lived through by the real loop, and what must be true of it afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from afterword.insight.backtests import door as backtests
from afterword.insight.lake import door as lake
from afterword.kit import sql
from afterword.loop.events import door as events
from afterword.loop.events.types import Told
from afterword.loop.journeys import door as journeys
from afterword.sample.actions import replay as driver
from afterword.sample.rules.histories import History

KEPT_BACK = ("the order was cancelled", "the parcel has arrived")


def lived_through(shop: History, causes: Mapping[str, str]) -> None:
    """Replay it, and ask of every order what it was told. `causes`: event → the message that it has, exactly once."""
    driver.begin(shop, step=timedelta(hours=48))
    end = driver.replay(shop)
    assert end.done
    told = shop.told(shop.starts_at, shop.ends_at)
    for cause, message in causes.items():
        one_message_a_cause(told, cause, message)
    nothing_too_early_or_too_late()
    sent = sql.value("select count(*) from message_intent where state = 'sent'")
    assert sent == end.messages == sql.value("select count(*) from mailbox_mail")
    assert sent == sql.value("select count(distinct message_id) from mailbox_mail")
    said = (
        "select (select count(*) from event where name = 'message.sent') + (select count(*) from event_inbox where name = 'message.sent')"
    )
    assert sent == sql.value(said)
    assert sql.value("select count(*) from event where source = %s", [told[0].source]) == len(told)


def same_in_a_backtest(folder: Path, since: datetime) -> int:
    """What ran is what a backtest of each shipped journey says, visit by visit, and as many messages; how many visits."""
    lake.export(folder)
    frontier = events.frontier()
    assert frontier is not None
    visits = 0
    for key, text in journeys.shipped().items():
        stays: list[backtests.Stay] = []
        found = backtests.backtest(text, since=since, until=frontier, folder=folder, stays=stays)
        ran = set(sql.rows("select run, step, entered_at, left_at, outcome from visit where journey = %s", [key]))
        waiting = "select run, step, entered_at, null::timestamptz, null from standing where journey = %s and step is not null"
        ran |= set(sql.rows(waiting, [key]))
        assert ran == {(s.run, s.step, s.entered_at, s.left_at, s.outcome) for s in stays}, key
        went = sql.value("select count(*) from message_intent where origin = %s and state = 'sent'", [key])
        assert sum(n for _, n in found.per_day) == went, (key, found.verdicts)
        visits += len(stays)
    return visits


def one_message_a_cause(told: Sequence[Told], cause: str, message: str) -> None:
    """Every order of which the cause was told got the message, once, and no other order did."""
    caused = {events.order_id("main", str(t.order)) for t in told if t.name == cause}
    got = Counter(row[0] for row in sql.rows("select order_id from message_intent where message = %s and state = 'sent'", [message]))
    kept_back = dict(sql.rows("select order_id, reason from message_intent where message = %s and state = 'dropped'", [message]))
    assert set(got.values()) <= {1}
    assert set(got) | set(kept_back) == caused
    assert not set(got) & set(kept_back)
    assert all(reason in KEPT_BACK for reason in kept_back.values()), Counter(kept_back.values())


def nothing_too_early_or_too_late() -> None:
    """No message before what it speaks of was known; after the known cancellation of an order none but of the cancellation."""
    early = """
        select i.message, count(*) from message_intent i
        join event e on e.order_id = i.order_id and e.name = case i.message
            when 'order_confirmation' then 'order.placed' when 'shipping_notice' then 'order.fulfilled'
            when 'delayed' then 'shipment.delayed' else 'order.delivered' end
        where i.state = 'sent' and i.order_id is not null group by i.message
        having bool_or(i.sent_at < e.known_at)
    """
    assert sql.rows(early) == []
    late = """
        select i.message, i.sent_at, e.known_at from message_intent i join event e on e.order_id = i.order_id and e.name = 'order.cancelled'
        where i.state = 'sent' and i.sent_at > e.known_at
    """
    assert sql.rows(late) == []
