"""Read the published files. The only file here that does I/O."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from datetime import time
from pathlib import Path

from ..rules.histories import History
from ..types import NoData, StoreSetup
from .payloads import LACKS, Row, events

FILES = {
    "orders": "olist_orders_dataset.csv", "items": "olist_order_items_dataset.csv", "reviews": "olist_order_reviews_dataset.csv",
    "payments": "olist_order_payments_dataset.csv", "customers": "olist_customers_dataset.csv", "products": "olist_products_dataset.csv",
    "words": "product_category_name_translation.csv",
}  # fmt: skip
STORE = StoreSetup(
    "main", "Empório das Flores", "BRL", ("pt-BR", "en"), "America/Sao_Paulo",
    {
        "colour": "#0f6b5c", "sender_name": "Empório das Flores", "sender_email": "ola@emporio.example",
        "postal_address": "Rua das Laranjeiras 120, São Paulo, Brasil", "site_url": "https://emporio.example",
    },
    (time(20), time(9)),
)  # fmt: skip


def load(folder: Path) -> History:
    """The Olist files of a folder (plain or gzip) as a history. Raises NoData."""
    told, lacks = events({name: list(rows(folder, file)) for name, file in FILES.items()})
    return History("olist", (STORE,), told, {LACKS[key]: count for key, count in lacks.items() if count})


def rows(folder: Path, file: str, *, shop: str = "olist") -> Iterator[Row]:
    """The rows of one file, by column name."""
    plain, packed = folder / file, folder / f"{file}.gz"
    if not plain.exists() and not packed.exists():
        raise NoData(shop=shop, place=folder, missing=file)
    with gzip.open(packed, "rb") if packed.exists() else plain.open("rb") as raw:
        yield from csv.DictReader(io.TextIOWrapper(raw, "utf-8-sig", newline=""))
