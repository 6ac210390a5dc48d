"""Following a link, opening a mail: heard, judged, and let through."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from afterword.kit import clock
from afterword.loop.messages import door as messages

from .letter import signed, sorry

# The order's page and counted links tell of their own visits.
COUNTED = frozenset({"o", "l"})
COUNTS_AS = {"s": "score", "r": "review"}
# One transparent point.
POINT = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")


@require_http_methods(["GET", "HEAD"])
@signed("click")
def follow(request: HttpRequest, read: messages.Token, token: str) -> HttpResponse:
    """On to where the link leads: only addresses that we signed ourselves."""
    if not read.note.startswith(("https://", "http://")):
        raise messages.BadLink
    messages.hear_click(read.ids[0], read.note, request.method or "GET", request.headers, clock.now())
    return HttpResponseRedirect(read.note)


@require_http_methods(["GET", "HEAD"])
def go_on(request: HttpRequest, code: str) -> HttpResponse:
    """A short address leads on to its long one. Where the page behind it does not count its own visits, this counts as the click."""
    found = messages.behind(code, clock.real_now())
    if found is None:
        answer = sorry(request, "page.old")
    else:
        message_id, url = found
        part = urlsplit(url).path.removeprefix("/c/").partition("/")[0]
        if part not in COUNTED:
            messages.hear_click(message_id, COUNTS_AS.get(part, "short"), request.method or "GET", request.headers, clock.now())
        answer = HttpResponseRedirect(url)
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@require_http_methods(["GET", "HEAD"])
def picture(request: HttpRequest, token: str) -> HttpResponse:
    """The point that counts openings. It is always given, whatever the token says: a mail shows no broken picture."""
    with suppress(messages.BadLink, messages.LinkExpired, IndexError):
        read = messages.read(messages.ring(), token, "open", clock.real_now())
        messages.hear_open(read.ids[0], request.method or "GET", request.headers, clock.now())
    answer = HttpResponse(POINT, content_type="image/gif")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
