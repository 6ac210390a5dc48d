"""One question, and thanks for the answer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from afterword.care.feedback import door as feedback
from afterword.kit import clock
from afterword.loop.messages import door as messages

from .. import queries, rules
from .letter import common, locale, signed


@require_http_methods(["GET", "HEAD", "POST"])
@signed("score")
def ask_score(request: HttpRequest, read: messages.Token, token: str, score: int | None = None) -> HttpResponse:
    """One question. What the link chose is only chosen; the button answers."""
    message_id, customer_id, order_id = (*read.ids, None)[:3]
    store, _, survey = read.note.partition("/")
    if message_id is None or customer_id is None:
        raise messages.BadLink
    low, high = feedback.scale(survey)
    missing = False
    if request.method == "POST":
        given = request.POST.get("score", "")
        if given.isdecimal() and low <= int(given) <= high:
            comment = request.POST.get("comment", "")
            feedback.answer_survey(
                survey, int(given), comment, message_id=message_id, customer_id=customer_id, order_id=order_id, store=store, at=clock.now()
            )
            return HttpResponseRedirect(f"{reverse('storefront:thanks', args=[token])}?l={locale(request, customer_id)}", status=303)
        missing = True
    chosen = score if score is not None and low <= score <= high else None
    context = common(request, store, customer_id)
    context |= {
        "survey": survey, "choices": range(low, high + 1), "chosen": chosen, "missing": missing, "token": token,
        "number": queries.order_number(order_id), "comment": request.POST.get("comment", "")[:4000],
        "shown": "" if chosen is None else str(chosen),
    }  # fmt: skip
    return render(request, "storefront/score.html", context, status=422 if missing else 200)


@require_safe
@signed("score")
def thank(request: HttpRequest, read: messages.Token, token: str) -> HttpResponse:
    """What was written down, and that we are glad."""
    message_id, customer_id = read.ids[0], read.ids[1]
    store, _, survey = read.note.partition("/")
    score = feedback.last_answer(message_id, customer_id)
    if score is None:
        return HttpResponseRedirect(reverse("storefront:score", args=[token]))
    low, high = feedback.scale(survey)
    context = common(request, store, customer_id)
    mood = rules.mood_of(score, low, high)
    context |= {"score": str(score), "thanks": f"page.score.{mood}", "token": token, "survey": survey}
    return render(request, "storefront/thanks.html", context)
