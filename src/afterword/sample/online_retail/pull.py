"""Read the published file. The only file here that does I/O."""

from __future__ import annotations

from datetime import time
from pathlib import Path

from ..olist.pull import rows
from ..rules.histories import History
from ..types import StoreSetup
from .payloads import LACKS, events

FILE = "online-retail-dataset.csv"
STORE = StoreSetup(
    "main", "Online Retail", "GBP", ("en", "pt-BR"), "Europe/London",
    {
        "colour": "#7a2e4d", "sender_name": "The gift shop", "sender_email": "hello@giftshop.example",
        "postal_address": "1 Wharf Road, London, United Kingdom", "site_url": "https://giftshop.example",
    },
    (time(20), time(9)),
)  # fmt: skip


def load(folder: Path) -> History:
    """The file of a folder (plain or gzip) as a history. Raises NoData."""
    told, lacks = events(rows(folder, FILE, shop="online-retail"))
    return History("online-retail", (STORE,), told, {LACKS[key]: lacks[key] for key in LACKS if lacks[key]})
