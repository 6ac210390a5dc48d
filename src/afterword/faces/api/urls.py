"""The machines' addresses: Segment's, long and short, and our own."""

from __future__ import annotations

from django.urls import path

from .hooks import mail, native, providers, segment

KINDS = {"identify": "i", "track": "t", "page": "p", "screen": "s", "group": "g", "alias": "a"}
urlpatterns = [
    *(path(f"v1/{address}", segment.take_one, {"kind": kind}) for kind, short in KINDS.items() for address in (kind, short)),
    path("v1/batch", segment.take_batch),
    path("v1/b", segment.take_batch),
    path("hooks/mail", mail.take_mail),
    path("hooks/<slug:kind>/<str:hook>", providers.take_call),
    path("api/v1/openapi.json", native.openapi),
    path("api/v1/", native.api.urls),
]
