"""The printed stylesheet: what a shop sets. Its colour, from which everything accented follows, and the type of customers' pages."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from afterword.loop.accounts import door as accounts
from afterword.loop.messages import door as messages

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
