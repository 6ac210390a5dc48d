"""A real year of a gift shop: repeat purchases and returns, lived through by the real loop."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from zlib import crc32

import pytest

from afterword.sample.online_retail.payloads import LACKS
from afterword.sample.online_retail.pull import load
from afterword.sample.rules.histories import History

from .lived import lived_through, same_in_a_backtest

DATA = Path(os.environ.get("AFTERWORD_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data") / "online_retail"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not DATA.is_dir(), reason=f"Online Retail is not at {DATA}; set AFTERWORD_DATA to the folder that holds online_retail"
    ),
]
CAUSES = {"order.placed": "order_confirmation"}


@pytest.fixture(scope="module")
def whole() -> History:
    """The whole year."""
    return load(DATA)


def one_in(whole: History, parts: int) -> History:
    """The customers whose hash is divisible, with everything of theirs."""
    told = [t for t in whole.told(whole.starts_at, whole.ends_at) if t.who and crc32(str(t.who.external_id).encode()) % parts == 0]
    return History(whole.name, whole.stores, told, whole.left_out)


def test_what_the_data_lack_is_counted_as_their_description_counts_it(whole: History) -> None:
    assert whole.left_out[LACKS["rows_without_customer"]] == 135_080
    kinds = Counter(t.name for t in whole.told(whole.starts_at, whole.ends_at))
    assert kinds["order.placed"] == whole.left_out[LACKS["parcels"]]
    assert kinds["order.refunded"] > 0


@pytest.mark.slow
@pytest.mark.usefixtures("_mailbox")
def test_each_order_of_some_customers_is_confirmed_once(whole: History, tmp_path: Path) -> None:
    some = one_in(whole, 60)
    lived_through(some, CAUSES)
    assert same_in_a_backtest(tmp_path, some.starts_at) > 300


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("_mailbox")
def test_each_order_of_the_year_is_confirmed_once(whole: History, tmp_path: Path) -> None:
    lived_through(whole, CAUSES)
    assert same_in_a_backtest(tmp_path, whole.starts_at) > 20_000
