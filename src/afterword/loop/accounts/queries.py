"""Reads: the installation, its stores, the team, who a key belongs to, what a member may do."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet
from django.db import connection
from django.db.models import F, QuerySet

from afterword.kit import clock, sql

from . import models, rules
from .types import Brand, Deed, Installation, NotAllowed, Opened, OutOfReach, Person, Store, UnknownStore

KEY_FRESH_FOR = 5.0  # seconds that a process trusts a key it has seen; a revoked key works at most this much longer
_keys: dict[bytes, tuple[Opened, float]] = {}

ASKED_FOR = """
select (select second_person from accounts_installation), count(*), count(*) filter (where asked_by_id <> %s)
from accounts_approval where decided_at is null
"""


def installation() -> Installation:
    """The company and its switches, as they are now."""
    row = models.Installation.objects.get()
    return Installation(row.company, row.reporting_currency, row.sending_stopped, row.created_at, row.global_holdout, row.second_person)


def secret() -> bytes:
    """The secret from which keyed ids follow. It never changes, so each process reads it once per database."""
    return _secret_of(str(connection.settings_dict["NAME"]))


@lru_cache(maxsize=8)
def _secret_of(database: str) -> bytes:
    return bytes(models.Installation.objects.values_list("secret", flat=True).get())


def vault(purpose: str) -> Fernet:
    """What keeps other people's secrets closed at rest: a cipher for one purpose, its key made from the installation's secret."""
    return Fernet(urlsafe_b64encode(hashlib.sha256(purpose.encode() + b":" + secret()).digest()))


def store(key: str) -> Store:
    """One store, by its key."""
    found = models.Store.objects.filter(key=key).first()
    if found is None:
        raise UnknownStore(key=key)
    return _as_store(found)


def stores() -> tuple[Store, ...]:
    """All stores, the oldest first."""
    return tuple(_as_store(row) for row in models.Store.objects.order_by("created_at", "key"))


def _as_store(row: models.Store) -> Store:
    return Store(
        key=row.key, name=row.name, brand=Brand.of(row.brand), currency=row.currency, languages=tuple(row.languages) or ("en",),
        zone=row.zone, quiet_from=row.quiet_from, quiet_until=row.quiet_until, address=row.address,
    )  # fmt: skip


def hashed(token: str) -> bytes:
    """What is kept of a key or a link. They are long and random, so a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode()).digest()


def write_key_for(token: str) -> Opened | None:
    """The store that this write key opens, and how far; None for a key that is not known.

    What is compared are hashes, so timing tells nothing of the key.
    """
    mark = hashed(token)
    known = _keys.get(mark)
    if known is not None and clock.elapsed() - known[1] < KEY_FRESH_FOR:
        return known[0]
    _keys.pop(mark, None)
    row = models.WriteKey.objects.filter(hash=mark).first()
    if row is None or not row.works(clock.real_now()):
        return None
    if len(_keys) > 1000:
        _keys.clear()
    opened = Opened(row.store_id, row.kind != "server", frozenset(row.origins))
    _keys[mark] = (opened, clock.elapsed())
    _note_use(row.pk)
    return opened


def _note_use(key_id: int) -> None:
    """Write down that a key is in use, once a minute at most."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update accounts_writekey set last_used_at = %s where id = %s "
            "and (last_used_at is null or last_used_at < %s - interval '1 minute')",
            [clock.real_now(), key_id, clock.real_now()],
        )


def forget_keys() -> None:
    """Ask the database again about every key."""
    _keys.clear()


def person(member: models.Member | None) -> Person:
    """A member as the rules see one; somebody who is not signed in is nobody and may nothing."""
    if member is None or not member.is_authenticated:
        return Person(role="", stores=frozenset(), active=False)
    reach = None if member.all_stores else frozenset(member.stores.values_list("key", flat=True))
    return Person(role=member.role, stores=reach, active=member.is_active)


def may(member: models.Member | None, deed: Deed, store: str | None = None) -> bool:
    """Whether this member may do this, in this store; without a store, in at least one."""
    return rules.may(person(member), deed, store)


def need(member: models.Member | None, deed: Deed, store: str | None = None) -> None:
    """Refuse unless allowed: as if it were not there (404) for what is out of reach, openly (403) otherwise."""
    who = person(member)
    if rules.may(who, deed, store):
        return
    if not who.active or (store is not None and not rules.sees(who, store)):
        raise OutOfReach
    raise NotAllowed(role=who.role, deed=deed.replace("_", " "))


def members() -> QuerySet[models.Member]:
    """The team."""
    return models.Member.objects.prefetch_related("stores").order_by("-is_active", "name", "email")


def member_by_email(email: str) -> models.Member | None:
    """The active member with this address."""
    return models.Member.objects.filter(email__iexact=email.strip(), is_active=True).first()


def keys() -> QuerySet[models.WriteKey]:
    """All write keys, those in force first."""
    return models.WriteKey.objects.select_related("store").order_by(F("revoked_at").desc(nulls_first=True), "-created_at")


def audited() -> QuerySet[models.Audit]:
    """What the team did, the latest first."""
    return models.Audit.objects.select_related("member").order_by("-at", "-id")


def approval_of(kind: str, subject: str, mark: str) -> models.Approval | None:
    """The last question about a thing as it stands, answered or not; None where nobody has asked."""
    return models.Approval.objects.select_related("asked_by", "decided_by").filter(kind=kind, subject=subject, mark=mark).first()


def approvals(*, open: bool, most: int = 200) -> list[models.Approval]:
    """The questions that nobody has answered, the oldest first; or those that somebody has, the latest first."""
    rows = models.Approval.objects.select_related("asked_by", "decided_by").filter(decided_at__isnull=open)
    return list(rows.order_by("asked_at", "id") if open else rows.order_by("-decided_at", "-id"))[:most]


def asked_for(member: models.Member) -> tuple[bool, int, int]:
    """Whether the shop wants a second person; how many questions wait, and how many that somebody else has asked. One statement."""
    wanted, waiting, others = sql.rows(ASKED_FOR, [member.pk])[0]
    return bool(wanted), int(waiting), int(others)


def approved(kind: str, subject: str, mark: str) -> bool:
    """Whether a second person has approved a thing as it stands."""
    return models.Approval.objects.filter(kind=kind, subject=subject, mark=mark, approved=True).exists()
