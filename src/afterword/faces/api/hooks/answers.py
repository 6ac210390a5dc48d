"""How machines are answered."""

from __future__ import annotations

import msgspec
from django.http import HttpResponse

from afterword.kernel.errors import Complaint

_ENCODER = msgspec.json.Encoder()
# Pages of any origin may send and read the answer. No cookie counts here, only the key; which pages it is for, the key itself says.
FROM_ANYWHERE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Content-Encoding, X-Retry-Count",
    "Access-Control-Expose-Headers": "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After",
    "Access-Control-Max-Age": "86400",
}


def problem(
    status: int, title: str, detail: str, complaints: list[dict[str, str]] | None = None, *, headers: dict[str, str] | None = None
) -> HttpResponse:
    """A refusal as RFC 9457 wants it."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "complaints": complaints or []}
    return answer(status, body, "application/problem+json", **(headers or {}))


def answer(status: int, body: object, kind: str = "application/json", **headers: str) -> HttpResponse:
    """A body as JSON."""
    return HttpResponse(_ENCODER.encode(body), status=status, content_type=kind, headers=headers)


def fault_of(place: int, c: Complaint, of: str) -> dict[str, str]:
    """What is wrong in one of many, `of` being what they are called in the body; of one that came alone, its own path."""
    where = f"{of}[{place}]" + (f".{c.path}" if c.path else "") if of else c.path
    return {"path": where, "fault": c.fault, "expected": c.expected}
