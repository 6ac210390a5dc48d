"""Real orders of a Brazilian marketplace, lived through by the real loop: each known cause has its one message, none comes too early."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from zlib import crc32

import pytest

from afterword.sample.olist.payloads import LACKS
from afterword.sample.olist.pull import load
from afterword.sample.rules.histories import History

from .lived import lived_through, same_in_a_backtest

DATA = Path(os.environ.get("AFTERWORD_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data") / "olist_sample"
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not DATA.is_dir(), reason=f"Olist's orders are not at {DATA}; set AFTERWORD_DATA to the folder that holds olist_sample"
    ),
]
# As the data's own description counts them.
CAUSES = {"order.placed": "order_confirmation", "order.fulfilled": "shipping_notice"}
LEFT_OUT = {"delivered_no_date": 8, "delivered_no_hand_over": 1, "delivered_before_hand_over": 3}


@pytest.fixture(scope="module")
def whole() -> History:
    """All 8,135 orders."""
    return load(DATA)


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
    lived_through(one_in(whole, 12), CAUSES)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("_mailbox")
def test_each_known_cause_has_one_message_in_all_orders(whole: History, tmp_path: Path) -> None:
    lived_through(whole, CAUSES)
    assert same_in_a_backtest(tmp_path, whole.starts_at) > 100_000
