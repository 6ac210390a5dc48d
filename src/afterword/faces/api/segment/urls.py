"""Segment's addresses, long and short."""

from __future__ import annotations

from django.urls import path

from . import hooks

KINDS = {"identify": "i", "track": "t", "page": "p", "screen": "s", "group": "g", "alias": "a"}
urlpatterns = [
    *(path(address, hooks.take_one, {"kind": kind}) for kind, short in KINDS.items() for address in (kind, short)),
    path("batch", hooks.take_batch),
    path("b", hooks.take_batch),
]
