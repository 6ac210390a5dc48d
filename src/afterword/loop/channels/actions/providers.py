"""Who carries messages: the kinds there are, and those that a store has set up."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from afterword.kit import sql
from afterword.loop.accounts import door as accounts

from ..email_anymail.send import ANYMAIL
from ..email_imap.pull import IMAP
from ..letter.send import LETTER
from ..messenger.send import MESSENGER
from ..sms_http.send import HTTP
from ..sms_twilio.send import TWILIO
from ..telegram.send import TELEGRAM
from ..types import BadSetting, NoSuchProvider, Provider
from ..viber.send import VIBER
from ..web_push.send import WEB_PUSH
from ..webhook.send import WEBHOOK
from ..whatsapp.send import WHATSAPP

ALL = (TWILIO, HTTP, WHATSAPP, VIBER, MESSENGER, TELEGRAM, WEB_PUSH, WEBHOOK, LETTER, ANYMAIL, IMAP)
PROVIDERS: Mapping[str, Provider] = {one.name: one for one in ALL}
_KEY = re.compile(r"^[a-z][a-z0-9_-]{1,39}$")
BEFORE = "select kind, store, settings, secrets, closed_at from channel_provider where key = %s for update"
KEEP = """
insert into channel_provider (key, kind, channel, store, settings, secrets, hook, place, made_at)
values (%(key)s, %(kind)s, %(channel)s, %(store)s, %(settings)s, %(secrets)s, %(hook)s, %(place)s, %(at)s)
on conflict (key) do update set store = excluded.store, settings = excluded.settings, secrets = excluded.secrets, place = excluded.place,
    closed_at = null
"""


@transaction.atomic
def set_provider(
    key: str, kind: str, given: Mapping[str, str], *, by: accounts.Member | None, at: datetime, store: str = "", place: int = 1
) -> None:
    """Set up somebody who carries, or change what they were set up with. Audited, without secrets; wants the deed `manage_keys`.

    Args:
        given: the fields of its kind. A secret that is left empty stays what it was.
        store: for which store; empty for all that have none of their own in this channel.

    Raises BadSetting, NoSuchProvider.
    """
    if by is not None:
        accounts.need(by, "manage_keys", store)
    provider = PROVIDERS.get(kind)
    if provider is None:
        raise NoSuchProvider(key=kind)
    if not _KEY.match(key):
        raise BadSetting(field="Key", fault="small letters, digits, _ and -, beginning with a letter")
    before = next(iter(sql.records(BEFORE, [key])), None)
    if before and before["kind"] != kind:
        raise BadSetting(field="Key", fault="another provider is called so")
    if before and by is not None:
        accounts.need(by, "manage_keys", before["store"])
    closed = _closed(provider, given, before)
    shown = {field.name: given.get(field.name, "").strip() for field in provider.fields if not field.secret}
    for field in provider.fields:
        value = closed.get(field.name, "") if field.secret else shown[field.name]
        if field.required and not (value or field.default):
            raise BadSetting(field=field.label, fault="is needed")
        if field.choices and value and value not in field.choices:
            raise BadSetting(field=field.label, fault="one of " + ", ".join(field.choices))
    sql.run(KEEP, {
        "key": key, "kind": kind, "channel": provider.channel, "store": store, "settings": json.dumps(shown), "place": place, "at": at,
        "secrets": accounts.vault("channels").encrypt(json.dumps(closed).encode()), "hook": secrets.token_urlsafe(18),
    })  # fmt: skip
    accounts.audit(by, "provider set", key, after={"kind": kind, "store": store, "place": place, **shown})


def _closed(provider: Provider, given: Mapping[str, str], before: dict[str, Any] | None) -> dict[str, str]:
    """The secrets: those that were given, and those that were known and not given anew."""
    known: dict[str, str] = json.loads(accounts.vault("channels").decrypt(bytes(before["secrets"]))) if before else {}
    found = {field.name: given.get(field.name, "").strip() or known.get(field.name, "") for field in provider.fields if field.secret}
    return {field.name: found[field.name] or (field.fresh() if field.fresh else "") for field in provider.fields if field.secret}


@transaction.atomic
def close_provider(key: str, *, by: accounts.Member | None, at: datetime) -> None:
    """Nothing goes over it any more; what it tells us is still heard. Audited; wants the deed `manage_keys`. Raises NoSuchProvider."""
    if by is not None:
        accounts.need(by, "manage_keys", sql.value("select store from channel_provider where key = %s", [key]) or "")
    if not sql.run("update channel_provider set closed_at = %s where key = %s and closed_at is null", [at, key]):
        raise NoSuchProvider(key=key)
    accounts.audit(by, "provider closed", key)
