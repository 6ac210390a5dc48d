"""A note in rehearsal: it lies in the local mailbox as a mail that looks like what would have gone."""

from __future__ import annotations

import re

from afterword.loop.channels.door import Envelope, Note

from ..rules.mime import Party, build
from ..rules.render import Rendered

_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")


def rehearsal(note: Note, channel: str) -> Envelope:
    """The note as a mail to an address that names its channel and recipient, and that no mail server would deliver."""
    name = _UNSAFE.sub("-", note.recipient).strip("-.")[:60] or "somebody"
    address = f"{name}@{_UNSAFE.sub('-', channel.replace('_', '-'))}.rehearsal.invalid"
    text = "\n\n".join([note.text, *(f"{link.label}: {link.url}" for link in note.links)])
    sender = Party(f"{channel.replace('_', '-')}@rehearsal.invalid", note.sender)
    rendered = Rendered(note.title, "", "", text + "\n")
    mail = build(rendered, id=note.id, at=note.at, sender=sender, to=Party(address, note.recipient), locale=note.locale)
    return Envelope(note.id, sender.address, address, mail.raw, mail.utf8)
