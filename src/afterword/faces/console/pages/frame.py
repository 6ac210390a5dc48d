"""What every page of the console shares: who may see it, whether the whole page or a part is asked for, and the zone of its times."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils import timezone

from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.types import Deed

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def team(deed: Deed | None = None) -> Callable[[View[P]], View[P]]:
    """For members only, and of them for those whose role includes the deed; everybody else is asked to sign in, or refused."""

    def asked(view: View[P]) -> View[P]:
        @wraps(view)
        def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            if deed is not None:
                accounts.need(member_of(request), deed)
            return view(request, *args, **kwargs)

        return cast(View[P], inner)

    return asked


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if not asks_for_part(request):
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
    answer = HttpResponse(status=204)  # a part that asks again and again must not be filled with the sign-in page
    answer.headers["HX-Redirect"] = resolve_url("console:sign_in")
    return answer


def asks_for_part(request: HttpRequest) -> bool:
    """Whether htmx asks, to fill a part of a page that is there."""
    return "HX-Request" in request.headers and not {"HX-Boosted", "HX-History-Restore-Request"} & set(request.headers)


def wanted(request: HttpRequest, name: str, *, most: int = 200) -> str:
    """What an address asks for under this name: trimmed, not too long, without the one character no database keeps."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:most]


def member_of(request: HttpRequest) -> accounts.Member:
    """The member who is signed in."""
    return cast(accounts.Member, request.user)


def reach(request: HttpRequest) -> list[str] | None:
    """The stores whose customers and orders this member sees; None for all."""
    stores = accounts.person(member_of(request)).stores
    return None if stores is None else sorted(stores)


def show(request: HttpRequest, template: str, context: dict[str, Any], *, title: str, part: str = "", zone: str = "") -> HttpResponse:
    """The page, or the part of it that htmx asks for. Times are those of the zone, else of the first store."""
    stores = accounts.stores()
    place = zone or (stores[0].zone if stores else "UTC")
    whole = {
        **context, "shop": stores[0].name if stores else "", "member": request.user, "bar_title": title, "now": clock.now(),
        "sees_contact": accounts.may(member_of(request), "see_contact"), "many_stores": len(stores) > 1,
        "store_names": {one.key: one.name for one in stores},
    }  # fmt: skip
    whole["zone"], whole["shop_zone"] = place, stores[0].zone if stores else "UTC"
    with timezone.override(ZoneInfo(place)):
        answer = render(request, part if part and asks_for_part(request) else template, whole)
    answer.headers["Vary"] = "HX-Request, Cookie"
    answer.headers["Cache-Control"] = "no-store"
    return answer
