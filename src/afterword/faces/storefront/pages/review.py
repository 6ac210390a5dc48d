"""A review of one thing that was bought, and thanks for it. The link only chooses stars; the button sends."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from afterword.care.feedback import door as feedback
from afterword.kit import clock
from afterword.loop.messages import door as messages

from .letter import common, locale, signed

NOBODY = UUID(int=0)


@require_http_methods(["GET", "HEAD", "POST"])
@signed("review")
def ask_review(request: HttpRequest, read: messages.Token, token: str, stars: int | None = None) -> HttpResponse:
    """Stars, a line, a few words. Whoever has reviewed this before sees it, and changes it."""
    message_id, customer_id, order_id, product_id = _ids(read)
    low, high = feedback.STARS
    missing = request.method == "POST"
    if missing:
        given, title, text = (request.POST.get(name, "") for name in ("stars", "title", "text"))
        if given.isdecimal() and low <= int(given) <= high:
            feedback.submit_review(
                int(given), title, text, message_id=message_id, customer_id=customer_id, order_id=order_id, product_id=product_id,
                store=read.note, at=clock.now(),
            )  # fmt: skip
            return HttpResponseRedirect(f"{reverse('storefront:review_thanks', args=[token])}?l={locale(request, customer_id)}", status=303)
    before = feedback.last_review(customer_id, order_id, product_id)
    chosen = stars if stars is not None and low <= stars <= high else before.rating if before else None
    context = common(request, read.note, customer_id)
    context |= {
        "product": feedback.product_title(order_id, product_id), "choices": range(low, high + 1), "chosen": chosen, "missing": missing,
        "token": token, "again": before is not None,
        "heading": request.POST.get("title", before.title if before else "")[:200],
        "text": request.POST.get("text", before.text if before else "")[:4000],
    }  # fmt: skip
    return render(request, "storefront/review.html", context, status=422 if missing else 200)


@require_safe
@signed("review")
def thank_review(request: HttpRequest, read: messages.Token, token: str) -> HttpResponse:
    """What was written down, and that we are glad."""
    _, customer_id, order_id, product_id = _ids(read)
    written = feedback.last_review(customer_id, order_id, product_id)
    if written is None:
        return HttpResponseRedirect(reverse("storefront:review", args=[token]))
    context = common(request, read.note, customer_id)
    context |= {"written": written, "rating": str(written.rating), "token": token}
    return render(request, "storefront/review_thanks.html", context)


def _ids(read: messages.Token) -> tuple[UUID, UUID, UUID | None, UUID | None]:
    if len(read.ids) != 4:
        raise messages.BadLink
    message, customer, order, product = read.ids
    return message, customer, order if order != NOBODY else None, product if product != NOBODY else None
