"""Each message as a real customer would read it: their latest order, in every language, as HTML and as text, wide and narrow."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from afterword.kit import clock
from afterword.loop.messages import door as messages

from .frame import reach, show, team
from .letters import framed

GROUPS = (
    ("transactional", gettext_lazy("About the order")), ("service", gettext_lazy("Service")), ("marketing", gettext_lazy("Marketing")),
)  # fmt: skip


def rendered(request: HttpRequest, key: str, locale: str) -> messages.Rendered | None:
    """The message for the customer of the latest order within reach; None where there is no order yet."""
    if key not in messages.MESSAGES or locale not in messages.LOCALES:
        raise Http404
    order = messages.listing.latest_order(reach(request))
    return messages.preview(key, order, locale, clock.now()) if order else None


@require_safe
@team("see_contact")
def show_first(request: HttpRequest) -> HttpResponse:
    """The previews begin with the first message."""
    return redirect("console:message_preview", key=next(iter(messages.MESSAGES)))


@require_safe
@team("see_contact")
def show_preview(request: HttpRequest, key: str) -> HttpResponse:
    """One message in one language, beside the list of all."""
    locale = request.GET.get("language", messages.LOCALES[0])
    form = "text" if request.GET.get("form") == "text" else "mail"
    made = rendered(request, key, locale)
    context: dict[str, Any] = {
        "key": key, "title": messages.message_name(key), "message": messages.MESSAGES[key], "made": made, "locale": locale, "form": form,
        "languages": [(code, messages.OWN_NAMES[code]) for code in messages.LOCALES], "groups": grouped(),
    }  # fmt: skip
    return show(request, "console/messages/preview.html", context, title=_("Preview"))


def grouped() -> list[tuple[Any, list[tuple[str, str]]]]:
    """All messages by their kind."""
    kept = messages.MESSAGES.values()
    return [(words, [(one.key, messages.message_name(one.key)) for one in kept if one.category == kind]) for kind, words in GROUPS]


@require_safe
@team("see_contact")
def show_html(request: HttpRequest, key: str, locale: str) -> HttpResponse:
    """The HTML of a preview, for the frame on its page."""
    made = rendered(request, key, locale)
    if made is None:
        raise Http404
    return framed(made.html)


urls = [
    path("messages/previews/", show_first, name="message_previews"),
    path("messages/previews/<slug:key>/", show_preview, name="message_preview"),
    path("messages/previews/<slug:key>/<slug:locale>/html", show_html, name="message_preview_html"),
]
