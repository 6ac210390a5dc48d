"""What those who carry our messages tell us, each at an address of its own that nobody can guess, signed as each of them signs."""

from __future__ import annotations

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from afterword.kit import clock
from afterword.loop.channels import door as channels
from afterword.loop.messages import door as messages

from ..types import TooLong

LARGEST = 1_000_000  # bytes


@csrf_exempt
def take_call(request: HttpRequest, kind: str, hook: str) -> HttpResponse:
    """One call of a provider. What it says is believed when its signature holds; what it says again counts once."""
    if request.method not in ("GET", "POST"):
        return JsonResponse({"message": "Send a POST."}, status=405, headers={"Allow": "GET, POST"})
    try:
        body = request.read(LARGEST + 1)
        if len(body) > LARGEST:
            raise TooLong(most=LARGEST)
        done = messages.hear_provider(kind, hook, _call(request, body), clock.now())
    except channels.NoSuchProvider:
        return JsonResponse({"message": "There is nobody at this address."}, status=404)
    except messages.NotTheirs as refusal:
        return JsonResponse({"message": str(refusal)}, status=403)
    except TooLong as long:
        return JsonResponse({"message": str(long)}, status=long.status)
    except OperationalError:
        return JsonResponse({"message": "The database cannot be reached. Try again."}, status=503, headers={"Retry-After": "5"})
    return HttpResponse(done.answer, content_type="text/plain; charset=utf-8")


def _call(request: HttpRequest, body: bytes) -> channels.Call:
    """The request as its sender wrote it: some sign the address, which is the one that we gave them."""
    url = f"{settings.PUBLIC_URL}{request.get_full_path()}"
    headers = {name.lower(): value for name, value in request.headers.items()}
    return channels.Call(request.method or "", url, request.GET.dict(), headers, body)
