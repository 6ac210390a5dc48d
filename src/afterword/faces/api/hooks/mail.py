"""Mail that the shop's own mail server or provider hands on over HTTP: one whole message (RFC 5322) a request."""

from __future__ import annotations

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from afterword.kit import clock
from afterword.loop.messages import door as messages

from ..actions import limits
from ..forms import key_of
from ..types import Declined, TooLong, TooMany

LARGEST = 20_000_000  # bytes


@csrf_exempt
def take_mail(request: HttpRequest) -> HttpResponse:
    """Take in one mail, signed in as every intake is. `?to=` may name, several times, the addresses it was brought to."""
    if request.method != "POST":
        return JsonResponse({"message": "Send a POST with the whole mail as its body."}, status=405, headers={"Allow": "POST"})
    try:
        token = key_of(request).token
        limits.ask(token, 1)
        raw = request.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise TooLong(most=LARGEST)
        done = messages.receive(messages.Arrival(raw, tuple(request.GET.getlist("to")[:100])), clock.now())
    except Declined as declined:
        asked = {"WWW-Authenticate": 'Basic realm="write key"'} if declined.status == 401 else {}
        return JsonResponse({"message": str(declined)}, status=declined.status, headers=asked)
    except TooMany as many:
        return JsonResponse({"message": str(many)}, status=429, headers=many.headers)
    except OperationalError:
        return JsonResponse({"message": "The database cannot be reached. Try again."}, status=503, headers={"Retry-After": "5"})
    return JsonResponse({"understood_as": done.kind, "events": done.told})
