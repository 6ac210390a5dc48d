"""How our own API answers."""

from __future__ import annotations

import msgspec
from django.http import HttpResponse

_ENCODER = msgspec.json.Encoder()


def problem(
    status: int, title: str, detail: str, complaints: list[dict[str, str]] | None = None, *, headers: dict[str, str] | None = None
) -> HttpResponse:
    """A refusal as RFC 9457 wants it."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "complaints": complaints or []}
    return answer(status, body, "application/problem+json", **(headers or {}))


def answer(status: int, body: object, kind: str = "application/json", **headers: str) -> HttpResponse:
    """A body as JSON."""
    return HttpResponse(_ENCODER.encode(body), status=status, content_type=kind, headers=headers)
