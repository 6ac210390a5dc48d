"""What a mail provider tells, through django-anymail's own webhook views: whether it is theirs, and what it says in anymail's words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.core.handlers.wsgi import WSGIRequest

from ..types import Call, Heard, Settings
from .requests import options
from .words import REASONS


@lru_cache(maxsize=16)
def _view(service: str) -> Any:
    module = import_module(f"anymail.webhooks.{service}")
    kinds = [kind for name, kind in vars(module).items() if name.endswith(("TrackingWebhookView", "CombinedWebhookView"))]
    return next(kind for kind in kinds if kind.__module__ == module.__name__)


def view(settings: Settings) -> Any:
    """The provider's view, with the options of its receipts. Raises AnymailConfigurationError where one is missing."""
    return _view(settings["service"])(**options(settings.get("receipts", "")))


def _request(call: Call) -> WSGIRequest:
    """The call as Django's own requests are, which is what the views read."""
    parts = urlsplit(call.url)
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in call.headers.items() if not name.startswith("content-")}
    return WSGIRequest({
        "REQUEST_METHOD": call.method, "PATH_INFO": parts.path, "QUERY_STRING": parts.query, "wsgi.input": BytesIO(call.body),
        "CONTENT_TYPE": call.headers.get("content-type", "application/json"), "CONTENT_LENGTH": str(len(call.body)),
        "SERVER_NAME": parts.hostname or "localhost", "SERVER_PORT": str(parts.port or 443), "wsgi.url_scheme": parts.scheme, **headers,
    })  # fmt: skip


def verified(call: Call, settings: Settings) -> bool:
    """Whether the call carries the secret or signature of the provider. Without either set, nothing is believed."""
    from anymail.exceptions import AnymailConfigurationError, AnymailError

    if not options(settings.get("receipts", "")):
        return False
    try:
        view(settings).run_validators(_request(call))
    except (AnymailError, AnymailConfigurationError):
        return False
    return True


def heard(call: Call, settings: Settings) -> Sequence[Heard]:
    """What the events of a call say of our messages."""
    found = (_one(event) for event in view(settings).parse_events(_request(call)))
    return tuple(one for one in found if one is not None)


def _one(event: Any) -> Heard | None:
    id = _id((event.metadata or {}).get("afterword"))
    theirs, to = str(event.message_id or ""), str(event.recipient or "")
    mark = f"{theirs}:{to}:{event.event_type}"
    said = str(event.mta_response or event.description or "")
    if event.event_type == "delivered":
        return Heard("delivered", mark, id, theirs, to, event.timestamp)
    if event.event_type in ("bounced", "rejected", "failed"):
        word, suppress = REASONS.get(event.reject_reason or "other", REASONS["other"])
        return Heard("failed", mark, id, theirs, to, event.timestamp, word=word, said=said, suppress=suppress)
    if event.event_type == "complained":
        return Heard("complained", mark, id, theirs, to, event.timestamp, said=said)
    return None


def _id(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
