"""Taking bodies in: translate each, record what was understood, keep what was not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from afterword.kernel.errors import Complaint
from afterword.loop.accounts import door as accounts
from afterword.loop.events.door import vocabulary
from afterword.loop.events.types import Recorded, Told
from afterword.loop.identity import door as identity

from ..native import payloads as native
from ..rules import rights
from ..segment import payloads as segment
from ..types import Kept, Taken, Understood
from .quarantine import keep

_DECODER = msgspec.json.Decoder()
Translate = Callable[[object], Understood]


@dataclass
class Parcel:
    """A batch of one sender on its way in: what was understood, and from which place of the batch each told event comes.

    `browser`: it came with a browser key, and what that may not tell is refused already.
    """

    source: str
    store: str
    raws: Sequence[bytes]
    told: list[Told] = field(default_factory=list)
    origins: list[int] = field(default_factory=list)
    refused: dict[int, tuple[Complaint, ...]] = field(default_factory=dict)
    browser: bool = False


def translator(source: str, store: str, received_at: datetime, kind: str | None = None) -> Translate:
    """How bodies of this source are read."""
    if source == segment.SOURCE:
        return partial(segment.understand, store=store, currency=_currency(store), received_at=received_at, kind=kind)
    return partial(native.understand, store=store, received_at=received_at)


def _currency(store: str) -> str:
    return accounts.store(store).currency


def read(
    source: str, store: str, raws: Sequence[bytes], received_at: datetime, *, kind: str | None = None,
    defaults: Mapping[str, Any] | None = None, longest: int | None = None, browser: bool = False,
) -> Parcel:  # fmt: skip
    """Translate a batch; `defaults` are what the batch says for all its bodies. Nothing is written."""
    translate = translator(source, store, received_at, kind)
    if browser:
        translate = partial(_within, translate=translate, source=source, received_at=received_at, kind=kind)
    parcel = Parcel(source, store, raws, browser=browser)
    for place, raw in enumerate(raws):
        if longest is not None and len(raw) > longest:
            parcel.refused[place] = (Complaint("", f"is {len(raw)} bytes long", f"at most {longest}"),)
            continue
        try:
            body = _DECODER.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            parcel.refused[place] = (Complaint("", f"is no JSON ({error})"[:200], "a JSON object in UTF-8"),)
            continue
        understood = translate({**defaults, **body} if defaults and isinstance(body, dict) else body)
        if understood.complaints:
            parcel.refused[place] = understood.complaints
        for told in understood.told:
            parcel.told.append(told)
            parcel.origins.append(place)
    return parcel


def _within(body: object, *, translate: Translate, source: str, received_at: datetime, kind: str | None) -> Understood:
    """The body as a browser key may tell it, or what in it such a key may not."""
    understood = translate(body)
    if understood.complaints or not isinstance(body, dict):
        return understood
    if source == segment.SOURCE:
        found, paths = segment.beyond(body), segment.paths(body, kind)
    else:
        found, paths = native.beyond(body), native.PATHS
    for told in understood.told:
        found += rights.beyond(told, received_at, vocabulary.from_browsers, paths)
    return Understood(complaints=tuple(found)) if found else Understood(tuple(rights.narrowed(told) for told in understood.told))


def take(parcels: Sequence[Parcel], *, received_at: datetime, quarantined: bool = True) -> list[Taken]:
    """Write several batches in one transaction; what was refused goes to quarantine with its raw body."""
    recorded = identity.record_each([parcel.told for parcel in parcels], received_at=received_at)
    taken = [_taken(parcel, one) for parcel, one in zip(parcels, recorded, strict=True)]
    if quarantined:
        kept = [
            Kept(parcel.source, parcel.store, bytes(parcel.raws[place]), found, parcel.browser)
            for parcel, one in zip(parcels, taken, strict=True)
            for place, found in one.refused
        ]
        keep(kept, received_at=received_at)
    return taken


def _taken(parcel: Parcel, recorded: Recorded) -> Taken:
    """Complaints about told events become complaints about the bodies they came from."""
    refused = dict(parcel.refused)
    for complaint in recorded.refused:
        head, _, rest = complaint.path.partition("].")
        place = parcel.origins[int(head.removeprefix("events["))]
        refused[place] = (*refused.get(place, ()), Complaint(rest, complaint.fault, complaint.expected))
    return Taken(recorded.accepted, recorded.repeated, tuple(sorted(refused.items())))
