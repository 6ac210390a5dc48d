"""Pages of the mailbox: the list beside one mail, as HTML in a frame that may do nothing, as text, as it travelled."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.types import NotAllowed, OutOfReach
from afterword.loop.messages import door as messages

from . import queries
from .actions import empty_mailbox
from .rules import opened

# The mail's own pictures and styles, nothing else: no scripts, no forms, nobody else's frames.
FRAME_POLICY = (
    "default-src 'none'; img-src https: http: data: cid:; style-src 'unsafe-inline'; font-src https: data:; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


def _need(request: HttpRequest) -> None:
    """Mails name people and their addresses: only who may see those may read them."""
    try:
        accounts.need(request.user, "see_contact")  # type: ignore[arg-type]
    except (OutOfReach, NotAllowed) as refusal:
        raise Http404 from refusal


def _reach(request: HttpRequest) -> list[str] | None:
    """The stores whose mails this member reads; None for all."""
    stores = accounts.person(request.user).stores  # type: ignore[arg-type]
    return None if stores is None else sorted(stores)


def _team(request: HttpRequest) -> bool:
    """Whether this member may read letters to the team: who could make such a link anyway."""
    return accounts.may(request.user, "manage_team")  # type: ignore[arg-type]


def _page(request: HttpRequest, template: str, id: int | None, tab: str, **more: Any) -> HttpResponse:
    search = request.GET.get("q", "").strip()
    number = request.GET.get("page", "1")
    page = int(number) if number.isdecimal() and len(number) < 9 else 1
    listed = queries.mails(search, page, _reach(request), team=_team(request))
    stores = accounts.stores()
    context = {
        "listed": listed, "search": search, "chosen": id, "tab": tab, "bar_title": "Mailbox", "member": request.user,
        "shop": stores[0].name if stores else "", "keep": _kept(search, listed.page), "newer": _kept(search, listed.page - 1),
        "older": _kept(search, listed.page + 1), "first": (listed.page - 1) * queries.PAGE + 1,
        "last": (listed.page - 1) * queries.PAGE + len(listed.rows), "all": f"{listed.total:,}", **more,
    }  # fmt: skip
    with timezone.override(ZoneInfo(stores[0].zone if stores else "UTC")):  # the shop's time, as in every list of messages
        return render(request, template, context)


def _kept(search: str, page: int) -> str:
    from urllib.parse import urlencode

    given = {name: value for name, value in (("q", search), ("page", page if page > 1 else "")) if value}
    return f"?{urlencode(given)}" if given else ""


@require_safe
@login_required
def show_list(request: HttpRequest) -> HttpResponse:
    """The list, and the newest mail beside it where there is room."""
    _need(request)
    return _page(request, "mailbox/list.html", None, "")


def _show(request: HttpRequest, id: int, tab: str) -> HttpResponse:
    _need(request)
    try:
        mine, team = _reach(request), _team(request)
        mail, line = opened(queries.raw_mail(id, mine, team=team)), queries.line_of(id, mine, team=team)
    except queries.NoSuchMail as missing:
        raise Http404 from missing
    return _page(request, "mailbox/mail.html", id, tab, mail=mail, line=line)


@require_safe
@login_required
def show_mail(request: HttpRequest, id: int) -> HttpResponse:
    """One mail as a person sees it."""
    return _show(request, id, "mail")


@require_safe
@login_required
def show_text(request: HttpRequest, id: int) -> HttpResponse:
    """One mail as a program without HTML shows it."""
    return _show(request, id, "text")


@require_safe
@login_required
def show_source(request: HttpRequest, id: int) -> HttpResponse:
    """One mail as it travelled, with its headers."""
    return _show(request, id, "source")


@require_safe
@login_required
def show_html(request: HttpRequest, id: int) -> HttpResponse:
    """The HTML of a mail, for the frame on its page: links open in a new window, nothing runs."""
    _need(request)
    try:
        mail = opened(queries.raw_mail(id, _reach(request), team=_team(request)))
    except queries.NoSuchMail as missing:
        raise Http404 from missing
    # Whoever of the team looks at a mail has not opened it for the customer; the links stay theirs: in rehearsal they are tried out here.
    html = messages.unwatched(mail.html).replace("<head>", '<head><base target="_blank">', 1)
    response = HttpResponse(html, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = FRAME_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@login_required
def show_message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Where a message of ours lies in the mailbox."""
    _need(request)
    found = queries.mail_of_message(str(message_id))
    if found is None:
        raise Http404
    return redirect("mailbox:mail", id=found)


@require_POST
@login_required
def empty(request: HttpRequest) -> HttpResponse:
    """Throw all mails away."""
    try:
        accounts.need(request.user, "change_settings")  # type: ignore[arg-type]
    except (OutOfReach, NotAllowed) as refusal:
        raise Http404 from refusal
    empty_mailbox()
    return redirect(reverse("mailbox:list"))
