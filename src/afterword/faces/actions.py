"""Logos of stores are kept: small pictures of kinds that every mail program shows, named by what is in them."""

from __future__ import annotations

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from afterword.kernel.errors import Refused

LARGEST = 300_000
KINDS = {"png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff", "gif": b"GIF8"}
FOLDER = "logos"


class TooLarge(Refused):
    """The picture is larger than 300 kB. A logo for letters needs no more than 200 pixels."""


class NoPicture(Refused):
    """This is no PNG, JPEG or GIF, which are what every mail program shows."""


def keep_logo(store: str, raw: bytes) -> str:
    """Keep a picture and give back its name, which changes with what is in it. Raises TooLarge, NoPicture."""
    if len(raw) > LARGEST:
        raise TooLarge
    kind = next((kind for kind, start in KINDS.items() if raw.startswith(start)), None)
    if kind is None:
        raise NoPicture
    name = f"{store}-{hashlib.sha256(raw).hexdigest()[:16]}.{kind}"
    if not default_storage.exists(f"{FOLDER}/{name}"):
        default_storage.save(f"{FOLDER}/{name}", ContentFile(raw))
    return name
