"""The domains we send from: a key of their own, where bounces come back to, how fast they may send."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from afterword.kit import sql
from afterword.loop.accounts import door as accounts

from ..email_smtp.payloads import new_key
from ..types import NoSuchDomain, NotADomain

_NAME = re.compile(r"^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}$")
KEEP = """
insert into channel_domain (domain, selector, private_key, public_key, return_host, made_at) values (%s, %s, %s, %s, '', %s)
on conflict (domain) do nothing
"""
NEW_KEY = "update channel_domain set selector = %s, private_key = %s, public_key = %s, made_at = %s where domain = %s"


def add_domain(name: str, *, at: datetime) -> str:
    """Know a domain that mails are sent from, and make its key; its name. One that is known keeps its own. Raises NotADomain."""
    known = named(name)
    private, public = new_key()
    closed = accounts.vault("channels").encrypt(private)
    sql.run(KEEP, [known, _selector(at), closed, public, at])
    return known


def renew_key(name: str, *, at: datetime) -> None:
    """A new key under a new selector. The old record may be taken out of the DNS a week later. Raises NoSuchDomain."""
    private, public = new_key()
    _changed(name, sql.run(NEW_KEY, [_selector(at), accounts.vault("channels").encrypt(private), public, at, name]))


def set_domain(name: str, *, return_host: str, per_minute: int | None, warm_from: date | None) -> None:
    """Where bounces come back to, how many a minute go to one receiving domain, since when it is getting known."""
    host = named(return_host) if return_host.strip() else ""
    row: list[Any] = [host, per_minute, warm_from, name]
    _changed(name, sql.run("update channel_domain set return_host = %s, per_minute = %s, warm_from = %s where domain = %s", row))


def forget_domain(name: str) -> None:
    """Sign for it no more. Raises NoSuchDomain."""
    _changed(name, sql.run("delete from channel_domain where domain = %s", [name]))


def named(name: str) -> str:
    """A domain's name as the DNS writes it. Raises NotADomain."""
    try:
        found = name.strip().strip(".").lower().encode("idna").decode()
    except UnicodeError as fault:
        raise NotADomain(name=name[:80]) from fault
    if not _NAME.match(found):
        raise NotADomain(name=name[:80])
    return found


def _selector(at: datetime) -> str:
    return f"aw{at:%Y%m%d}"


def _changed(name: str, rows: int) -> None:
    if not rows:
        raise NoSuchDomain(name=name[:80])
