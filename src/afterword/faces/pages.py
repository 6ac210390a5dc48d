"""What a shop sets of its look: the printed stylesheet (its colour, the type of customers' pages), and its logo."""

from __future__ import annotations

import re

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from afterword.loop.accounts import door as accounts
from afterword.loop.messages import door as messages

from .actions import FOLDER

TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif"}
_LOGO = re.compile(r"^[a-z0-9_-]{1,40}-[0-9a-f]{16}\.(png|jpg|gif)$")
_COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")


@require_safe
def brand(request: HttpRequest) -> HttpResponse:
    """`:root { --brand: … }` for the store named in `?store=`, else the first one; the look's own colour where there is none."""
    stores = accounts.stores()
    wanted = request.GET.get("store", "")
    chosen = next((one for one in stores if one.key == wanted), stores[0] if stores else None)
    colour = chosen.brand.colour if chosen is not None else ""
    sheet = f":root {{ --brand: {colour}; }}\n" if _COLOUR.match(colour) else ""
    if chosen is not None and chosen.brand.type != "humanist":  # the look's own, which it brings along
        sheet += f".letter {{ --font: {messages.font_stack(chosen.brand.type)}; }}\n"
    answer = HttpResponse(sheet, content_type="text/css; charset=utf-8")
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


@require_safe
def logo(request: HttpRequest, name: str) -> HttpResponse:
    """A store's logo, for ever the same under its name."""
    if not _LOGO.match(name) or not default_storage.exists(f"{FOLDER}/{name}"):
        raise Http404
    with default_storage.open(f"{FOLDER}/{name}") as file:
        answer = HttpResponse(file.read(), content_type=TYPES[name.rpartition(".")[2]])
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
