"""A store's brand tried out: a real letter in colours and words that are not kept yet; and its logo, taken in as a file."""

from __future__ import annotations

import re
from dataclasses import replace

from django.conf import settings as installed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from afterword.faces.actions import LARGEST, NoPicture, TooLarge, keep_logo
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.types import CHOICES, Brand
from afterword.loop.messages import door as messages

from .frame import member_of, show, team, wanted
from .letters import framed
from .notes import not_done, well
from .within import within

TRIED = ("colour", "logo_url", "voice", "type", "postal_address", "site_url")
WITHIN = "default-src 'self'; img-src 'self' data:; frame-ancestors 'self'; sandbox"  # for the frame beside the form, as letters are
SHOWN = ("order_confirmation", "shipping_notice", "csat", "reorder_reminder", "win_back")
_COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")
_LIGHT = re.compile(r"@media\s*\(\s*prefers-color-scheme:\s*dark\s*\)")


def tried(request: HttpRequest, kept: Brand) -> Brand:
    """The brand as the form says it just now; what is half typed is left as it is kept."""
    given = {name: wanted(request, name, most=300) for name in TRIED if name in request.GET}
    good = {
        name: value for name, value in given.items()
        if value in CHOICES.get(name, (value,)) and (name != "colour" or _COLOUR.match(value))
    }  # fmt: skip
    return replace(kept, **good)  # type: ignore[arg-type]


@require_safe
@team("edit_store")
def show_letter(request: HttpRequest, key: str) -> HttpResponse:
    """One letter of the store's latest order as the brand would dress it, for the frame beside the form.

    Whoever may not see names gets the letter without any.
    """
    store = within(request, key)
    message, language = wanted(request, "message") or SHOWN[0], messages.known(wanted(request, "language") or store.languages[0])
    order = messages.listing.latest_order([key])
    if message not in messages.MESSAGES or order is None:
        answer = show(request, "console/settings/no_letter.html", {"store": store}, title=store.name)
        answer.headers["Content-Security-Policy"], answer.headers["X-Frame-Options"] = WITHIN, "SAMEORIGIN"
        return answer
    named = accounts.may(member_of(request), "see_contact", key)
    dress = (wanted(request, "name") or store.name, tried(request, store.brand))
    made = messages.preview(message, order, language, clock.now(), dress=dress, named=named)
    light = wanted(request, "light")
    return framed(_LIGHT.sub("@media all" if light == "dark" else "@media not all", made.html) if light in ("dark", "light") else made.html)


@require_POST
@team("edit_store")
def take_logo(request: HttpRequest, key: str) -> HttpResponse:
    """A picture becomes the logo: it is kept here, and letters fetch it from here."""
    store = within(request, key)
    given = request.FILES.get("logo")
    try:
        name = keep_logo(key, given.read(LARGEST + 1) if given else b"")
        address = installed.PUBLIC_URL.rstrip("/") + reverse("look:logo", args=[name])
        accounts.save_store(store.key, by=member_of(request), brand={"logo_url": address})
        well(request, _("The logo is kept. Letters that are rendered from now on carry it."))
    except (TooLarge, NoPicture) as refusal:
        not_done(request, str(refusal))
    return redirect("console:settings_store", key=key)


urls = [
    path("settings/stores/<slug:key>/letter", show_letter, name="settings_store_letter"),
    path("settings/stores/<slug:key>/logo", take_logo, name="settings_store_logo"),
]
