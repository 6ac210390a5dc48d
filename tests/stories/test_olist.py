"""Real orders of a Brazilian marketplace, lived through by the real loop: each known cause has its one message, none comes too early."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from zlib import crc32

import pytest

from afterword.faces.mailbox.jobs import Mailbox
from afterword.kit import sql
from afterword.loop.events import door as events
from afterword.loop.events.types import Told
from afterword.loop.messages.queries import servers
from afterword.sample.actions import replay as driver
from afterword.sample.olist.payloads import LACKS
from afterword.sample.olist.pull import load
from afterword.sample.rules.histories import History

DATA = Path(os.environ.get("AFTERWORD_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data") / "olist_sample"
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not DATA.is_dir(), reason=f"Olist's orders are not at {DATA}; set AFTERWORD_DATA to the folder that holds olist_sample"
    ),
]
# As the data's own description counts them.
KEPT_BACK = ("the order was cancelled", "the parcel has arrived")
LEFT_OUT = {"delivered_no_date": 8, "delivered_no_hand_over": 1, "delivered_before_hand_over": 3}


@pytest.fixture(scope="module")
def whole() -> History:
    """All 8,135 orders."""
    return load(DATA)


@pytest.fixture
def _mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    mailbox = Mailbox("127.0.0.1", 0)
    mailbox.start()
    monkeypatch.setenv("AFTERWORD_MAILBOX_PORT", str(mailbox.port))
    servers.mailbox.cache_clear()
    yield
    mailbox.stop()
    servers.mailbox.cache_clear()


def one_in(whole: History, parts: int) -> History:
    """The orders whose hash is divisible, and all odd ones (come before they left, cancelled after), with all that belongs to them."""
    every = whole.told(whole.starts_at, whole.ends_at)
    left = {t.order: t.occurred_at for t in every if t.name == "order.fulfilled"}
    odd = {t.order for t in every if t.name == "shipment.delivered" and t.order in left and t.occurred_at < left[t.order]}
    odd |= {t.order for t in every if t.name == "order.cancelled" and t.order in left}
    told = [t for t in every if t.order in odd or crc32(str(t.order).encode()) % parts == 0]
    return History(whole.name, whole.stores, told, whole.left_out)


def test_what_the_data_lack_is_counted_as_their_description_counts_it(whole: History) -> None:
    named = {LACKS[key]: count for key, count in LEFT_OUT.items()}
    assert {what: whole.left_out[what] for what in named} == named
    told = whole.told(whole.starts_at, whole.ends_at)
    kinds = Counter(t.name for t in told)
    assert kinds["order.placed"] == 8135
    assert kinds["order.cancelled"] == 625
    by_order: dict[str, set[str]] = {}
    for t in told:
        by_order.setdefault(str(t.order), set()).add(t.name)
    cancelled = [names for names in by_order.values() if "order.cancelled" in names]
    assert whole.left_out[LACKS["cancelled_approved"]] == sum("order.paid" in names for names in cancelled)
    assert whole.left_out[LACKS["cancelled_shipped"]] == sum("order.fulfilled" in names for names in cancelled)


@pytest.mark.slow
@pytest.mark.usefixtures("_mailbox")
def test_each_known_cause_has_one_message(whole: History) -> None:
    lived_through(one_in(whole, 12))


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("_mailbox")
def test_each_known_cause_has_one_message_in_all_orders(whole: History) -> None:
    lived_through(whole)


def lived_through(shop: History) -> None:
    """Replay it, and ask of every order what it was told."""
    driver.begin(shop, step=timedelta(hours=48))
    end = driver.replay(shop)
    assert end.done
    told = shop.told(shop.starts_at, shop.ends_at)
    one_message_a_cause(told, "order.placed", "order_confirmation")
    one_message_a_cause(told, "order.fulfilled", "shipping_notice")
    nothing_too_early_or_too_late()
    sent = sql.value("select count(*) from message_intent where state = 'sent'")
    assert sent == end.messages == sql.value("select count(*) from mailbox_mail")
    assert sent == sql.value("select count(distinct message_id) from mailbox_mail")
    said = (
        "select (select count(*) from event where name = 'message.sent') + (select count(*) from event_inbox where name = 'message.sent')"
    )
    assert sent == sql.value(said)
    assert sql.value("select count(*) from event where source = 'olist'") == len(told)


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
