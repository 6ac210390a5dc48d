"""Try a way out: one note, now, to an address that a person of the team gives; what the provider said."""

from __future__ import annotations

from datetime import datetime

from afterword.kernel.ids import uuid7
from afterword.kit import clock

from ..queries import ways
from ..types import Link, NoSuchProvider, Note, Outcome
from .carry import carry


def try_way(key: str, recipient: str, *, title: str, text: str, link: Link | None, locale: str, sender: str, at: datetime) -> Outcome:
    """Carry one note over the provider of this key. Nothing is kept, and nobody is told. Raises NoSuchProvider."""
    way = next((one for one in ways() if one.key == key), None)
    if way is None:
        raise NoSuchProvider(key=key)
    links = (link,) if link else ()
    note = Note(
        uuid7(clock.real_now()), recipient.strip(), title, text, locale, "transactional", "test", at, links=links, open=True, sender=sender
    )
    outcome = next(one for one in carry(way.provider, [note], way.settings, at, within=30.0) if one is not None)
    return outcome
