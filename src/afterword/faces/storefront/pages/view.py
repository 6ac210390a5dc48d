"""A mail in the browser, as it travelled: by its signed link, without cookies; looking at it counts nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from afterword.loop.messages import door as messages

from .letter import signed, sorry

# The mail's own pictures and styles, and links that a person follows; nothing runs, nothing is sent.
POLICY = (
    "default-src 'none'; img-src https: http: data:; style-src 'unsafe-inline'; font-src https: data:; frame-ancestors 'none'; "
    "form-action 'none'; base-uri 'none'; sandbox allow-popups allow-top-navigation-by-user-activation"
)


@require_safe
@signed("view")
def view(request: HttpRequest, read: messages.Token, token: str) -> HttpResponse:
    """The HTML of the mail that was sent to this customer; where it is no longer kept, that is said."""
    html = messages.listing.page_of(read.ids[0], read.ids[1])
    if not html:
        return sorry(request, "page.gone", read.ids[1])
    answer = HttpResponse(messages.unwatched(html), content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = POLICY
    return answer
