"""Deeds of the team. Each is one transaction, asks the rules first, and leaves a line in the audit.

`by` is the member who does it; None is the installation itself (its command line, its first start), which may everything.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import fields
from datetime import datetime, time, timedelta
from typing import Any, get_args
from zoneinfo import available_timezones

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from afterword.kit import clock

from .. import models, queries
from ..types import (
    CAPS,
    CHOICES,
    AddressTaken,
    BadValue,
    Brand,
    Deed,
    LastOwner,
    LinkSpent,
    NothingAsked,
    OwnRequest,
    Role,
    Store,
    UnknownStore,
)

COMMAND_LINE = "command line"
LINK_LASTS = timedelta(minutes=30)


def audit(by: models.Member | None, what: str, subject: str = "", *, before: Any = None, after: Any = None, reason: str = "") -> None:
    """Write down who did what, to what, and what it was before and after. Never changed, never deleted."""
    models.Audit.objects.create(
        at=clock.real_now(), member=by, who=by.email if by else COMMAND_LINE, what=what, subject=subject, before=before, after=after,
        reason=reason,
    )  # fmt: skip


def _need(by: models.Member | None, deed: Deed, store: str | None = None) -> None:
    if by is not None:
        queries.need(by, deed, store)


# -- the team ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_member(
    email: str, role: str, *, by: models.Member | None, name: str = "", stores: tuple[str, ...] | None = None, password: str | None = None
) -> models.Member:
    """A new person of the team, for all stores (None) or for some. Without a password they sign in by link."""
    _need(by, "manage_team")
    email = _good_email(email)
    _good_role(role)
    member = models.Member(email=email, name=name.strip(), role=role, all_stores=stores is None, created_at=clock.real_now())
    if password is None:
        member.set_unusable_password()
    else:
        _good_password(password, member)
        member.set_password(password)
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError as error:
        raise AddressTaken(email=email) from error
    if stores is not None:
        member.stores.set(_stores(stores))
    audit(by, "member created", email, after={"role": role, "stores": stores})
    return member


@transaction.atomic
def change_role(member: models.Member, role: str, *, by: models.Member | None, stores: tuple[str, ...] | None = None) -> None:
    """Give a member another role, for all stores (None) or for some. The last owner stays one."""
    _need(by, "manage_team")
    _good_role(role)
    locked = models.Member.objects.select_for_update().get(pk=member.pk)
    before = {"role": locked.role, "stores": None if locked.all_stores else list(locked.stores.values_list("key", flat=True))}
    if role != "owner" or stores is not None:
        _keep_an_owner(locked)
    locked.role, locked.all_stores = role, stores is None
    locked.save(update_fields=["role", "all_stores"])
    locked.stores.set([] if stores is None else _stores(stores))
    audit(by, "role changed", locked.email, before=before, after={"role": role, "stores": stores})
    member.refresh_from_db()


@transaction.atomic
def deactivate_member(member: models.Member, *, by: models.Member | None) -> None:
    """Close a member's access at once; what they did stays in the audit."""
    _need(by, "manage_team")
    locked = models.Member.objects.select_for_update().get(pk=member.pk)
    _keep_an_owner(locked)
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    models.SignInLink.objects.filter(member=locked, used_at__isnull=True).update(used_at=clock.real_now())
    audit(by, "member deactivated", locked.email)
    member.refresh_from_db()


@transaction.atomic
def change_password(member: models.Member, password: str) -> None:
    """A member's own new password."""
    _good_password(password, member)
    member.set_password(password)
    member.save(update_fields=["password"])
    audit(member, "password changed", member.email)


def _keep_an_owner(leaving: models.Member) -> None:
    owners = models.Member.objects.select_for_update().filter(role="owner", is_active=True, all_stores=True)
    if leaving.role == "owner" and leaving.all_stores and [o.pk for o in owners] == [leaving.pk]:
        raise LastOwner


def _good_role(role: str) -> None:
    if role not in get_args(Role):
        raise BadValue(what="The role", value=role, expected=", ".join(get_args(Role)))


def _good_email(email: str) -> str:
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise BadValue(what="The e-mail address", value=email, expected="name@example.com") from error
    return email.strip()


def _good_password(password: str, member: models.Member) -> None:
    try:
        validate_password(password, member)
    except ValidationError as error:
        raise BadValue(" ".join(error.messages)) from error


def _stores(keys: tuple[str, ...]) -> list[models.Store]:
    found = list(models.Store.objects.filter(key__in=keys))
    for key in set(keys) - {row.key for row in found}:
        raise UnknownStore(key=key)
    return found


# -- signing in ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_sign_in_link(member: models.Member, *, by: models.Member | None, lasts: timedelta = LINK_LASTS) -> str:
    """A token that signs this member in once, for half an hour. It is shown now and never again.

    Links asked for before go on: anybody can ask for one in another's name, and must not spend the one that was printed at the start.
    """
    if by is not None and by.pk != member.pk:
        _need(by, "manage_team")
    token, now = secrets.token_urlsafe(32), clock.real_now()
    models.SignInLink.objects.create(hash=queries.hashed(token), member=member, created_at=now, expires_at=now + lasts)
    audit(by, "sign-in link created", member.email)
    return token


@transaction.atomic
def redeem_sign_in_link(token: str) -> models.Member:
    """The member whom this link signs in. It is spent by this, whoever comes second is refused; so are the member's other links."""
    now, mark = clock.real_now(), queries.hashed(token)
    fresh = models.SignInLink.objects.filter(hash=mark, used_at__isnull=True, expires_at__gt=now, member__is_active=True)
    if fresh.update(used_at=now) != 1:
        raise LinkSpent
    member = models.Member.objects.get(signinlink__hash=mark)
    models.SignInLink.objects.filter(member=member, used_at__isnull=True).update(used_at=now)
    audit(member, "signed in by link", member.email)
    return member


# -- switches ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def stop_all_sending(*, by: models.Member | None, reason: str = "") -> None:
    """From now on nothing leaves, in no store, on no channel."""
    _need(by, "stop_sending")
    models.Installation.objects.update(sending_stopped=True)
    audit(by, "all sending stopped", before={"sending_stopped": False}, after={"sending_stopped": True}, reason=reason)


@transaction.atomic
def resume_sending(*, by: models.Member | None, reason: str = "") -> None:
    """Let messages leave again."""
    _need(by, "resume_sending")
    models.Installation.objects.update(sending_stopped=False)
    audit(by, "sending resumed", before={"sending_stopped": True}, after={"sending_stopped": False}, reason=reason)


@transaction.atomic
def name_company(company: str, *, by: models.Member | None, reporting_currency: str | None = None) -> None:
    """The company's name, and the currency in which it reckons."""
    _need(by, "change_settings")
    was = queries.installation()
    currency = _good_currency(reporting_currency or was.reporting_currency)
    models.Installation.objects.update(company=company.strip(), reporting_currency=currency)
    audit(
        by, "company changed", before={"company": was.company, "currency": was.reporting_currency},
        after={"company": company.strip(), "currency": currency},
    )  # fmt: skip


@transaction.atomic
def set_global_holdout(share: float, *, by: models.Member | None) -> None:
    """The share of customers whom no marketing reaches (0 to 0.5), in what is published from now on."""
    _need(by, "change_settings")
    was = queries.installation().global_holdout
    if share != was:
        models.Installation.objects.update(global_holdout=share)
        audit(by, "global holdout changed", before={"global_holdout": was}, after={"global_holdout": share})


@transaction.atomic
def set_second_person(wanted: bool, *, by: models.Member | None) -> None:
    """Whether what a member publishes must be approved by another first."""
    _need(by, "change_settings")
    was = queries.installation().second_person
    if wanted != was:
        models.Installation.objects.update(second_person=wanted)
        audit(by, "second person changed", before={"second_person": was}, after={"second_person": wanted})


# -- a second person's word ----------------------------------------------------------------------------------------------


@transaction.atomic
def ask_approval(
    kind: str, subject: str, mark: str, *, by: models.Member, at: datetime, note: str = "", details: dict[str, Any] | None = None
) -> None:  # fmt: skip
    """Ask that somebody else approve a thing as `mark` names it. An earlier question that nobody answered is withdrawn by it."""
    withdraw_approval(kind, subject)
    given = {"mark": mark, "note": note.strip()[:1000], "details": details or {}}
    models.Approval.objects.create(kind=kind, subject=subject, asked_by=by, asked_at=at, **given)


def withdraw_approval(kind: str, subject: str) -> bool:
    """Take back a question that nobody has answered, because there is nothing left to decide; whether there was one."""
    return models.Approval.objects.filter(kind=kind, subject=subject, decided_at=None).delete()[0] > 0


@transaction.atomic
def decide_approval(
    kind: str, subject: str, mark: str, *, approved: bool, by: models.Member, at: datetime, said: str = ""
) -> models.Approval:  # fmt: skip
    """Answer the question, and give it back. Raises NothingAsked where the thing has changed since, OwnRequest for whoever asked."""
    asked = models.Approval.objects.select_for_update().filter(kind=kind, subject=subject, mark=mark, decided_at=None).first()
    if asked is None:
        raise NothingAsked
    if asked.asked_by_id == by.pk:
        raise OwnRequest
    asked.decided_by, asked.decided_at, asked.approved, asked.said = by, at, approved, said.strip()[:1000]
    asked.save()
    return asked


# -- stores --------------------------------------------------------------------------------------------------------------

PLAIN = ("name", "currency", "languages", "zone", "quiet_from", "quiet_until", "address", "brand")


@transaction.atomic
def save_store(key: str, *, by: models.Member | None, **values: Any) -> Store:
    """Make a store or change what is given of it: name, currency, languages, zone, quiet_from, quiet_until, address, brand."""
    _need(by, "edit_store", key)
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", key):
        raise BadValue(what="The store's key", value=key, expected="lower-case letters, digits and dashes")
    row = models.Store.objects.select_for_update().filter(key=key).first()
    if row is None and by is not None:
        _need(by, "change_settings")
    made = row is None
    row = row or models.Store(key=key, name=key, languages=["en"], created_at=clock.real_now())
    before = None if made else _plain(row)
    for name, value in values.items():
        setattr(row, name, _good_value(name, value, row))
    row.save()
    audit(by, "store created" if made else "store changed", key, before=before, after=_plain(row))
    return queries.store(key)


@transaction.atomic
def leave_stores(since: int) -> list[str]:
    """Undo what a sample shop did to the stores, as the audit tells it: those it made go, those it changed are as they were before.

    A store that a member of the team has changed meanwhile is theirs and stays as it is; so does a made one that a key or a member
    is bound to.

    Args:
        since: the line of the audit after which the sample began.
    """
    told = models.Audit.objects.filter(pk__gt=since, what__in=("store created", "store changed")).order_by("pk")
    theirs = {line.subject for line in told if line.member_id is not None}
    first: dict[str, models.Audit] = {}
    for line in told:
        if line.subject not in theirs:
            first.setdefault(line.subject, line)
    rows = models.Store.objects.select_for_update().in_bulk(list(first))
    for key, row in rows.items():
        before, was = _plain(row), first[key].before
        if was is not None:
            for name, value in was.items():
                setattr(row, name, value)
            row.save()
        elif row.writekey_set.exists() or row.member_set.exists():
            continue
        else:
            row.delete()
        audit(None, "store left behind", key, before=before, after=was)
    return list(rows)


def _plain(row: models.Store) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value := getattr(row, name), time) else value for name in PLAIN}


def _good_value(name: str, value: Any, row: models.Store) -> Any:
    match name:
        case "currency":
            return _good_currency(value)
        case "zone" if value not in available_timezones():
            raise BadValue(what="The time zone", value=value, expected="a name such as Europe/Berlin")
        case "brand":
            return {**row.brand, **_good_brand(value)}
        case "languages":
            return list(value)
        case _ if name in PLAIN:
            return value
    raise BadValue(what="A store's field", value=name, expected=", ".join(PLAIN))


def _good_brand(value: dict[str, Any]) -> dict[str, Any]:
    known = {f.name for f in fields(Brand)}
    for name in set(value) - known:
        raise BadValue(what="A brand's field", value=name, expected=", ".join(sorted(known)))
    if value.get("colour") and not re.fullmatch(r"#[0-9a-fA-F]{6}", value["colour"]):
        raise BadValue(what="The brand's colour", value=value["colour"], expected="#rrggbb")
    for name, choices in CHOICES.items():
        if value.get(name) and value[name] not in choices:
            raise BadValue(what=f"The brand's {name}", value=value[name], expected=", ".join(choices))
    for name in CAPS:
        if name in value and not (isinstance(value[name], int) and 1 <= value[name] <= 99):
            raise BadValue(what="How many messages at most", value=value[name], expected="a number from 1 to 99")
    if "margin" in value and not (isinstance(value["margin"], int) and 1 <= value["margin"] <= 100):
        raise BadValue(what="What remains of revenue", value=value["margin"], expected="percent, from 1 to 100")
    return value


def _good_currency(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", value):
        raise BadValue(what="The currency", value=value, expected="three letters (ISO 4217), such as EUR")
    return value
