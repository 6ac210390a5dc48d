"""How the parts of this channel fit together. Without a printer outside, a letter is kept here, once, until somebody prints it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from afterword.kit import sql

from ..types import CannotSay, Note, Outcome, Provider, Settings
from ..webhook.words import understood
from .requests import FIELDS, letter, request

KEEP = "insert into channel_letter (id, store, recipient, pdf, made_at) values (%s, %s, %s, %s, %s) on conflict (id) do nothing"


def keep(notes: Sequence[Note], settings: Settings, now: datetime) -> Iterator[Outcome] | None:
    """Make the letters and keep them; None where they go to a printer outside."""
    return None if settings.get("url") else _kept(notes, settings, now)


def _kept(notes: Sequence[Note], settings: Settings, now: datetime) -> Iterator[Outcome]:
    for note in notes:
        try:
            sql.run(KEEP, [note.id, note.parts.get("store", ""), note.parts.get("address", "").split("\n")[0], letter(note, settings), now])
        except CannotSay as refusal:
            yield Outcome(note.id, "refused", "cannot_say", said=str(refusal), provider=LETTER.name)
        else:
            yield Outcome(note.id, "accepted", "kept", provider=LETTER.name, provider_id=str(note.id))


LETTER = Provider("letter", "letter", "Letter", FIELDS, request, understood, idempotent=True, at_once=2, carrier=keep)
PRINTED = """
update channel_letter set printed_at = %(at)s, printed_by = %(by)s
where id = any(%(ids)s) and printed_at is null and (%(stores)s::text[] is null or store = any(%(stores)s)) returning id
"""


def mark_printed(ids: Sequence[UUID], *, by: str, at: datetime, stores: list[str] | None = None) -> list[UUID]:
    """Somebody has printed these; which of them had not been before."""
    return [row[0] for row in sql.rows(PRINTED, {"ids": list(ids), "at": at, "by": by, "stores": stores})]
