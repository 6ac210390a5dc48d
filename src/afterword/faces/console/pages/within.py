"""The store that an address names, for whoever may change it."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.types import Store, UnknownStore

from .frame import member_of


def within(request: HttpRequest, key: str) -> Store:
    """The store; a page that says there is none, where there is none within reach."""
    accounts.need(member_of(request), "edit_store", key)
    try:
        return accounts.store(key)
    except UnknownStore as missing:
        raise Http404 from missing
