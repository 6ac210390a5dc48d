"""Write keys: made, replaced, revoked. A token is shown once; only its hash is kept."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from afterword.kit import clock

from .. import models, queries, rules
from ..types import BadValue, KeyKind, UnknownStore
from .team import audit

STARTS: dict[KeyKind, str] = {"server": "wk_", "browser": "bk_"}  # so that a key that stands where it should not is known by sight

LONGEST = timedelta(days=30)  # that a key which was replaced may work on


@transaction.atomic
def create_key(
    store: str, name: str, *, by: models.Member | None, kind: KeyKind = "server", origins: Sequence[str] = ()
) -> str:  # fmt: skip
    """A new write key for a store. It is shown now and never again.

    With a server key everything may be told. A browser key stands in pages, for everybody to read, and tells only what visitors do
    there; `origins` are the pages from which it is taken, such as https://shop.example (none: from anywhere).
    """
    _need(by, store)
    if not models.Store.objects.filter(key=store).exists():
        raise UnknownStore(key=store)
    if kind not in STARTS:
        raise BadValue(what="The kind of the key", value=kind, expected=" or ".join(STARTS))
    if origins and kind != "browser":
        raise BadValue(what="The key's pages", value=", ".join(origins), expected="none: a server key is not for pages")
    kept = list(dict.fromkeys(rules.origin(one) for one in origins))
    token = STARTS[kind] + secrets.token_urlsafe(24)
    models.WriteKey.objects.create(
        hash=queries.hashed(token), start=token[:9], name=name.strip() or "key", store_id=store, kind=kind, origins=kept,
        created_at=clock.real_now(),
    )  # fmt: skip
    audit(by, "key created", token[:9], after={"store": store, "name": name, "kind": kind, "origins": kept})
    return token


@transaction.atomic
def rotate_key(key: models.WriteKey, *, by: models.Member | None, still: timedelta = timedelta(0)) -> str:
    """A new key in the place of this one: for the same store, of the same kind, for the same pages. It is shown now and never again.

    Args:
        still: how long the old one works on, so that whoever sends has time to take the new one; at most `LONGEST`.

    Raises BadValue, NotAllowed.
    """
    if not timedelta(0) <= still <= LONGEST:
        raise BadValue(what="How long the old key works on", value=still, expected=f"at most {LONGEST.days} days")
    _need(by, key.store_id)
    now = clock.real_now()
    kind: KeyKind = "server" if key.kind == "server" else "browser"
    fresh = create_key(key.store_id, key.name, by=by, kind=kind, origins=key.origins)
    ends = min(now + still, key.revoked_at or now + still)
    models.WriteKey.objects.filter(_working(now), pk=key.pk).update(revoked_at=ends)
    queries.forget_keys()
    audit(by, "key replaced", key.start, after={"by": fresh[:9], "works_until": ends.isoformat()})
    return fresh


@transaction.atomic
def revoke_key(key: models.WriteKey, *, by: models.Member | None) -> None:
    """Stop a key from working; other processes notice within seconds."""
    _need(by, key.store_id)
    now = clock.real_now()
    models.WriteKey.objects.filter(_working(now), pk=key.pk).update(revoked_at=now)
    queries.forget_keys()
    before = {"store": key.store_id, "name": key.name, "kind": key.kind}
    audit(by, "key revoked", key.start, before=before)


def _working(now: datetime) -> Q:
    """The keys that work at a moment."""
    return Q(revoked_at__isnull=True) | Q(revoked_at__gt=now)


def _need(by: models.Member | None, store: str) -> None:
    if by is not None:
        queries.need(by, "manage_keys", store)
