"""The shop's own invoices and credit notes, uploaded: for mails that carry them."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router

from afterword.kernel.errors import Refused
from afterword.loop.messages import door as messages

from ..actions import limits
from ..forms import key_of
from ..types import TooLong
from .answers import problem
from .bodies import Problem, Taken

router = Router()
_BODY = {
    "requestBody": {"required": True, "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}},
}  # fmt: skip
_REFUSALS = dict.fromkeys((400, 401, 403, 413, 415, 422, 429, 503), Problem)


@router.post("/invoices", response={200: Taken, **_REFUSALS}, openapi_extra=_BODY, summary="Upload the invoice of an order, as PDF")
def post_invoice(request: HttpRequest, order: str, kind: Literal["invoice", "credit"] = "invoice") -> HttpResponse | Taken:
    """Keep a PDF as the invoice, or the credit note, of the order with this reference. Sent again, it takes the place of the first."""
    given = key_of(request)
    limits.ask(given.token, 1)
    raw = request.read(messages.LARGEST_PAPER + 1)
    if len(raw) > messages.LARGEST_PAPER:
        raise TooLong(most=messages.LARGEST_PAPER)
    if not order.strip() or len(order) > 200:
        return problem(422, "NoOrder", "Name the order: ?order= and the reference that its events carry.")
    try:
        messages.keep_paper(given.store, order.strip(), raw, kind=kind)
    except Refused as refusal:
        return problem(422, type(refusal).__name__, str(refusal))
    return Taken(order=order.strip(), kind=kind, size=len(raw))
