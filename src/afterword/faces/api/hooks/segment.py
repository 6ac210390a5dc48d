"""Segment's calls: one message, or a batch. The good part is kept; what is not understood waits in quarantine."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import msgspec
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from afterword.kernel.errors import Complaint
from afterword.kit import clock
from afterword.loop.intake import door as intake
from afterword.loop.intake.types import Kept, Taken

from ..actions import RETRY_AFTER, commits, limits
from ..forms import BATCH, ONE, body_of, key_of
from ..types import Busy, Declined, NotJson, TooMany
from .answers import FROM_ANYWHERE, fault_of

SOURCE = "segment"
MOST_SAID = 100  # refused messages of a batch that the answer tells of; all are in quarantine
Hook = Callable[..., HttpResponse]


class _Batch(msgspec.Struct):
    """The envelope of a batch; the messages are left as they came."""

    batch: list[msgspec.Raw]
    context: dict[str, Any] | None = None
    sentAt: str | None = None
    writeKey: str | None = None


class _Key(msgspec.Struct):
    """The write key of a single message, where it is in the body."""

    writeKey: str | None = None


_BATCH, _KEY = msgspec.json.Decoder(_Batch), msgspec.json.Decoder(_Key)


def _answers(hook: Hook) -> Hook:
    """POST only, from any page; refusals as Segment's clients expect them."""

    @csrf_exempt
    @wraps(hook)
    def answer(request: HttpRequest, **given: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=FROM_ANYWHERE)
        if request.method != "POST":
            return _said(405, "Send a POST.", Allow="POST, OPTIONS")
        try:
            return hook(request, **given)
        except Declined as declined:
            asked = {"WWW-Authenticate": 'Basic realm="write key"'} if declined.status == 401 else {}
            return _said(declined.status, str(declined), **asked)
        except TooMany as many:
            return _said(429, str(many), **many.headers)
        except Busy as busy:
            return _said(429, str(busy), **{"Retry-After": str(RETRY_AFTER)})
        except OperationalError:
            return _said(503, "The database cannot be reached. Try again.", **{"Retry-After": "5"})

    return answer


def _said(status: int, message: str, **headers: str) -> HttpResponse:
    return JsonResponse({"success": False, "message": message}, status=status, headers={**FROM_ANYWHERE, **headers})


def _taken(headers: dict[str, str], taken: Taken, of: str = "") -> HttpResponse:
    """As Segment answers; whoever looks also reads what was refused, and waits in quarantine."""
    body: dict[str, Any] = {"success": True}
    if taken.refused:
        body["refused"] = [fault_of(place, one, of) for place, found in taken.refused[:MOST_SAID] for one in found]
    return JsonResponse(body, headers={**FROM_ANYWHERE, **headers})


@_answers
def take_one(request: HttpRequest, kind: str) -> HttpResponse:
    """One message of the kind that the address names."""
    raw = body_of(request, ONE)
    now = clock.now()
    try:
        key = _KEY.decode(raw).writeKey
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _kept(request, raw, str(error)) from None
    given = key_of(request, key, pages=True)
    headers = limits.ask(given.token, 1, browser=given.browser)
    taken = commits.submit(intake.read(SOURCE, given.store, [raw], now, kind=kind, browser=given.browser), now)
    return _taken(headers, taken)


@_answers
def take_batch(request: HttpRequest) -> HttpResponse:
    """Many messages. One that is wrong or too long does not harm the others."""
    raw = body_of(request, BATCH)
    now = clock.now()
    try:
        said = _BATCH.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _kept(request, raw, str(error)) from None
    given = key_of(request, said.writeKey, pages=True)
    headers = limits.ask(given.token, len(said.batch), browser=given.browser)
    said_for_all = {"context": said.context, "sentAt": said.sentAt}
    defaults = {key: value for key, value in said_for_all.items() if value is not None}
    raws = [bytes(one) for one in said.batch]
    parcel = intake.read(SOURCE, given.store, raws, now, defaults=defaults, longest=ONE, browser=given.browser)
    return _taken(headers, commits.submit(parcel, now) if raws else Taken(), "batch")


def _kept(request: HttpRequest, raw: bytes, fault: str) -> NotJson:
    """What cannot even be read is kept raw, when its sender is known."""
    given = key_of(request, pages=True)
    limits.ask(given.token, 1, browser=given.browser)
    complaint = (Complaint("", f"is no JSON ({fault})"[:200], "a JSON object in UTF-8"),)
    intake.keep([Kept(SOURCE, given.store, raw, complaint, given.browser)], received_at=clock.now())
    return NotJson(fault=fault[:200].replace("{", "(").replace("}", ")"))
