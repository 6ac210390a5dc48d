"""Logos of stores: small pictures of kinds that every mail program shows, named by what is in them, served to anybody."""

from __future__ import annotations

import hashlib
import re

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from afterword.kernel.errors import Refused

LARGEST = 300_000
KINDS = {"png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff", "gif": b"GIF8"}
TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif"}
_NAME = re.compile(r"^[a-z0-9_-]{1,40}-[0-9a-f]{16}\.(png|jpg|gif)$")


class TooLarge(Refused):
    """The picture is larger than 300 kB. A logo for letters needs no more than 200 pixels."""


class NoPicture(Refused):
    """This is no PNG, JPEG or GIF, which are what every mail program shows."""


def keep(store: str, raw: bytes) -> str:
    """Keep a picture and give back its name, which changes with what is in it. Raises TooLarge, NoPicture."""
    if len(raw) > LARGEST:
        raise TooLarge
    kind = next((kind for kind, start in KINDS.items() if raw.startswith(start)), None)
    if kind is None:
        raise NoPicture
    name = f"{store}-{hashlib.sha256(raw).hexdigest()[:16]}.{kind}"
    if not default_storage.exists(f"logos/{name}"):
        default_storage.save(f"logos/{name}", ContentFile(raw))
    return name


@require_safe
def show(request: HttpRequest, name: str) -> HttpResponse:
    """The picture, for ever the same under its name."""
    if not _NAME.match(name) or not default_storage.exists(f"logos/{name}"):
        raise Http404
    with default_storage.open(f"logos/{name}") as file:
        answer = HttpResponse(file.read(), content_type=TYPES[name.rpartition(".")[2]])
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
