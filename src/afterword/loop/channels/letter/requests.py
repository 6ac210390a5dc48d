"""A note → a letter; where somebody prints for the shop over HTTP, the request that brings it there."""

from __future__ import annotations

from ..types import CannotSay, Field, Note, Request, Settings
from .payloads import Sheet, pdf

FIELDS = (
    Field("whence", "Line of the sender", "as it stands small above the address; the store's postal address otherwise", required=False),
    Field("fonts", "Folder of the fonts", "where Noto Sans is not among those of the system", required=False),
    Field("url", "Address of a printer", "gets each letter as PDF by POST; without one they wait here to be printed", required=False),
    Field("token", "Token of the printer", "sent as Bearer", secret=True, required=False),
    Field("price", "Price of one letter", "in hundredths of the currency", required=False),
    Field("currency", "Currency", required=False),
)


def sheet(note: Note, settings: Settings) -> Sheet:
    """What the letter says. Raises CannotSay where there is no address."""
    to = tuple(line for line in note.parts.get("address", "").splitlines() if line.strip())
    if len(to) < 2:
        raise CannotSay(provider="A letter", fault="there is no postal address")
    text = "\n\n".join([note.text, *(f"{link.label}: {link.url}" for link in note.links)])
    return Sheet(
        to, settings.get("whence") or note.parts.get("whence", "") or note.sender, note.parts.get("day", ""), note.title, text, note.sender
    )


def letter(note: Note, settings: Settings) -> bytes:
    """The letter as PDF. Raises CannotSay."""
    return pdf(sheet(note, settings), settings.get("fonts", ""))


def request(note: Note, settings: Settings) -> Request:
    """The request that brings it to whoever prints, who knows a repetition by its name."""
    headers = {
        "content-type": "application/pdf",
        "idempotency-key": str(note.id),
        "content-disposition": f'attachment; filename="{note.id}.pdf"',
    }
    if settings.get("token"):
        headers["authorization"] = f"Bearer {settings['token']}"
    return Request("POST", settings.get("url", ""), headers, letter(note, settings))
