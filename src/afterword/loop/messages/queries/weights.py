"""How much a message weighs where the length is paid for: in how many segments its words go, read off what people would really get."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from statistics import fmean
from typing import Any
from uuid import UUID, uuid5

from afterword.kernel.errors import Refused
from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels

from . import wordings
from .letters import spoken
from .notes import notes

NOBODY = UUID(int=0)


def weighed(sample: list[dict[str, Any]], at: datetime, *, origin: str, store: str) -> dict[tuple[str, str, str], float]:
    """(channel, message, language) → segments on average, where the channel is paid by the segment. Written for each of the sample.

    Args:
        sample: `customer_id, channel, message, language`.
    """
    known, found = channels.ways(), defaultdict[tuple[str, str, str], list[int]](list)
    counts = {}
    for channel in {row["channel"] for row in sample}:
        way = channels.way_of(known, channel, store)
        if way is not None and way.provider.segments is not None:
            counts[channel] = way.provider.segments
    rows = [
        {**row, "id": (id := uuid5(NOBODY, f"{origin}{row['customer_id']}")), "message_id": id, "order_id": None, "store": store, "run": id,
         "origin": origin, "category": wordings.kind(row["message"]).category}
        for row in sample if row["channel"] in counts
    ]  # fmt: skip
    for row, note in notes(rows, lambda _row: at, at, keep=False) if rows else ():
        if not isinstance(note, Refused):
            found[row["channel"], row["message"], row["language"]].append(counts[row["channel"]](channels.spoken(note)))
    return {of: fmean(many) for of, many in found.items()}


def read_in(message: str, store: str, languages: Collection[str]) -> dict[str, str]:
    """What people speak → in which language they would read a message of this store. An empty one is not known."""
    wording = wordings.live([message]).get(message)
    kept = accounts.store(store)
    return {language: spoken({"language": language or None}, {}, kept, wording) for language in languages}
