"""Opening a shop by its name, and writing a shop's events to a file."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from afterword.kit import clock, sql
from afterword.loop.events.types import Told

from ..olist.pull import load as load_olist
from ..online_retail.pull import load as load_online_retail
from ..simulator.pull import CUSTOMERS, DAYS, Shop
from ..types import NoData, NoSuchShop, Source

SHOPS = ("sample", "olist", "online-retail")
_ENCODER = msgspec.json.Encoder()


def source(
    shop: str, data: Path | None, *, seed: int, customers: int = CUSTOMERS, days: int = DAYS, until: datetime | None = None
) -> Source:
    """The shop of this name; a replay that was begun goes on with the very shop that it began with. Raises NoSuchShop, NoData.

    The simulator's past ends at `until`, or at the present hour.
    """
    match shop:
        case "sample":
            begun = sql.one("select seed, starts_at, ends_at, customers from sample_replay where shop = 'sample'")
            if begun is None:
                return simulated(customers=customers, days=days, seed=seed, until=until or clock.real_now())
            return Shop(seed=begun[0], ends_at=begun[2], days=(begun[2] - begun[1]).days, customers=begun[3])
        case "olist":
            return load_olist(_folder(shop, data))
        case "online-retail":
            return load_online_retail(_folder(shop, data))
    raise NoSuchShop(shop=shop, known=", ".join(SHOPS))


def simulated(*, customers: int = CUSTOMERS, days: int = DAYS, seed: int, until: datetime) -> Shop:
    """The simulated shop whose history ends at the hour of `until`."""
    return Shop(seed=seed, ends_at=until.replace(minute=0, second=0, microsecond=0), customers=customers, days=days)


def write_events(shop: Source, path: Path | None) -> int:
    """Write a shop's whole history as JSON Lines, as `afterword import` reads it, to a file or (`-`, None) to standard output.

    The simulator writes some thousand customers at a time, each part in order of time, so that a million fit into memory.
    """
    if path is None or str(path) == "-":
        return _written(shop, sys.stdout.buffer)
    with path.open("wb") as file:
        return _written(shop, file)


def _folder(shop: str, data: Path | None) -> Path:
    """The folder named now, or when the replay was begun."""
    known = data or Path(sql.value("select data from sample_replay where shop = %s", [shop]) or "")
    if not known.is_dir() or known == Path():
        raise NoData(shop=shop, place=data or "(no --data given)", missing="the folder")
    return known


def _written(shop: Source, file: BinaryIO) -> int:
    count = 0
    for chunk in _chunks(shop):
        for told in chunk:
            file.write(_ENCODER.encode(plain(told)) + b"\n")
            count += 1
    return count


def _chunks(shop: Source) -> Iterable[Iterable[Told]]:
    return shop.in_chunks() if isinstance(shop, Shop) else [shop.told(shop.starts_at, shop.ends_at)]


def plain(told: Told) -> dict[str, Any]:
    """An event in our own JSON."""
    who = {
        name: getattr(told.who, name) for name in ("external_id", "email", "phone", "anonymous_id") if told.who and getattr(told.who, name)
    }
    given = {
        "name": told.name,
        "occurred_at": told.occurred_at.isoformat(),
        "id": told.source_id,
        "source": told.source,
        "store": told.store,
        "customer": {**who, "verified": told.who.verified} if told.who else None,
        "order": told.order,
        "shipment": told.shipment,
        "product": told.product,
        "properties": {**told.properties, **told.personal},
    }
    return {name: value for name, value in given.items() if value is not None}
