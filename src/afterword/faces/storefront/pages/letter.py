"""What every customers' page shares: the signed link, the language, the shop, and the page that says a link does not hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from afterword.care.feedback import door as feedback
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.types import Store
from afterword.loop.consent import door as consent
from afterword.loop.messages import door as messages

from .. import queries

Page = Callable[..., HttpResponse]
Purpose = Literal["order", "score", "unsubscribe", "preferences", "click", "open", "review", "view", "confirm"]


# Where the customer stands among the ids of a link; everywhere else they come second.
WHOSE = {"unsubscribe": 0, "preferences": 0, "confirm": 0}


def signed(purpose: Purpose) -> Callable[[Page], Page]:
    """Give the page the token's meaning; a friendly page that says why where there is none."""

    def around(page: Page) -> Page:
        @wraps(page)
        def checked(request: HttpRequest, token: str, **more: Any) -> HttpResponse:
            try:
                read = messages.read(messages.ring(), token, purpose, clock.real_now())
                if request.headers.get("Sec-GPC") == "1":
                    consent.honour_signal(read.ids[WHOSE.get(purpose, 1)], at=clock.now())
                answer = page(request, read, token, **more)
            except messages.LinkExpired:
                answer = sorry(request, "page.old", _whose(token, purpose))
            except (messages.BadLink, queries.NoSuchOrder, feedback.UnknownSurvey, IndexError, ValueError):
                answer = sorry(request, "page.bad")
            answer.headers["Referrer-Policy"] = "no-referrer"
            answer.headers["X-Robots-Tag"] = "noindex, nofollow"
            answer.headers["Cache-Control"] = "private, no-store"
            return answer

        return csrf_exempt(checked)

    return around


def locale(request: HttpRequest, customer_id: UUID | None, person: dict[str, Any] | None = None) -> str:
    """The language asked for in the address, else the customer's own, else the browser's."""
    asked = request.GET.get("l", "")
    if asked in messages.LOCALES:
        return asked
    known = person if person is not None else queries.person(customer_id) if customer_id else {}
    said = str(known.get("language") or "")
    return messages.known(said or request.headers.get("Accept-Language", "").split(",")[0].split(";")[0].strip() or "en")


def shop(key: str) -> Store | None:
    """The store of this key, else the first; None in an installation without stores."""
    stores = accounts.stores()
    return next((store for store in stores if store.key == key), stores[0] if stores else None)


def common(request: HttpRequest, store_key: str, customer_id: UUID | None, person: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the frame of every page shows: the shop, the language and the others to choose from."""
    known = person if person is not None else queries.person(customer_id) if customer_id else {}
    store, here = shop(store_key), locale(request, customer_id, known)
    brand = store.brand if store else None
    sheet = f"{reverse('look:brand')}?{urlencode({'store': store_key})}"
    return {
        "locale": here, "name": str(known.get("first_name") or ""), "brand_sheet": sheet,
        "shop": {
            "name": store.name if store else "", "address_url": brand.site_url if brand else "",
            "postal_line": brand.postal_address if brand else "", "reply_to": (brand.reply_to or brand.sender_email) if brand else "",
        },
        "languages": languages(request, here, store),
    }  # fmt: skip


def languages(request: HttpRequest, here: str, store: Store | None) -> list[dict[str, Any]]:
    """The languages the page can be read in: the store's, and the one it is read in now."""
    offered = [messages.known(one) for one in (store.languages if store else ())]
    shown = [code for code in messages.LOCALES if code in offered or code == here]
    if len(shown) < 2:
        shown = list(messages.LOCALES)
    address = request.path
    return [{"code": code, "name": messages.OWN_NAMES[code], "current": code == here, "address": f"{address}?l={code}"} for code in shown]


def zone_of(person: dict[str, Any], store_key: str) -> ZoneInfo:
    """Where this person's days begin and end."""
    store = shop(store_key)
    return ZoneInfo(str(person.get("zone") or (store.zone if store else "UTC")))


def prefer(customer_id: UUID, message_id: UUID, store: str) -> str:
    """The address of the preferences page for this customer, for links from other pages."""
    token = messages.sign(messages.ring(), messages.Token("preferences", (customer_id, message_id), store))
    return reverse("storefront:preferences", args=[token])


def allowed(customer_id: UUID, store: str, topic: str) -> bool:
    """Whether we may write about this now. Service is allowed until it is forbidden, marketing forbidden until it is allowed."""
    said = consent.may([customer_id], store=store, channel="email", purpose=topic)[customer_id].state
    return said == "granted" if topic == "marketing" else said != "withdrawn"


def _whose(token: str, purpose: Purpose) -> UUID | None:
    """Whose link this was: one that holds no longer is still ours, and its page speaks the customer's language."""
    ids = messages.read(messages.ring(), token, purpose, datetime.fromtimestamp(0, UTC)).ids
    return next(iter(ids[WHOSE.get(purpose, 1) :]), None)


def sorry(request: HttpRequest, key: str, customer_id: UUID | None = None) -> HttpResponse:
    """A friendly page for a link that does not hold, in the language of the customer it was made for, where that is known."""
    context = common(request, "", customer_id) | {"title": f"{key}.title", "lead": f"{key}.lead"}
    return render(request, "storefront/sorry.html", context, status=404)
