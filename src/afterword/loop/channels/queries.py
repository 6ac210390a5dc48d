"""Reads: who carries for a store, the domains we send from, who is left in peace, by which address a customer is reached."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings as django_settings

from afterword.kit import dns, sql
from afterword.loop.accounts import door as accounts

from .actions.providers import PROVIDERS
from .email_smtp.payloads import Signer
from .rules import health as rules
from .rules.health import Check, Sent
from .types import Domain, NoSuchProvider, OpenWay, Rest

_servers: dict[str, Callable[[], str]] = {}
DOMAINS = "select domain, selector, public_key, return_host, per_minute, warm_from, made_at from channel_domain order by domain"
KEYS = "select domain, selector, private_key from channel_domain"
# What nobody carries by any more does not fail: nothing would ever say that it works again.
RESTS = """
select provider, failures, rests_until, since, said from channel_breaker where failures > 0 and (provider = any(%s)
    or exists (select 1 from channel_provider p where p.key = provider and p.closed_at is null)) order by provider
"""

WAYS = """
select key, kind, channel, store, settings, secrets, hook, place, made_at, closed_at from channel_provider where {where}
order by place, key
"""
REACHED = """
select distinct on (customer_id, channel) customer_id, channel, address from channel_address
where customer_id = any(%s) and known_to = '9999-12-31 00:00+00' order by customer_id, channel, known_from desc
"""


def domains() -> dict[str, Domain]:
    """The domains that mails are sent from, without their private keys."""
    return {row["domain"]: Domain(**row) for row in sql.records(DOMAINS)}


def signers() -> dict[str, Signer]:
    """Who signs for each domain."""
    return {domain: Signer(domain, selector, _opened(bytes(key))) for domain, selector, key in sql.rows(KEYS)}


def of_sender(address: str, known: dict[str, Any]) -> Any:
    """What is known of an address's domain, or of the nearest one above it."""
    domain = address.rpartition("@")[2].lower()
    while domain:
        if domain in known:
            return known[domain]
        domain = domain.partition(".")[2]
    return None


def health(domain: Domain, server: str, sent: Sent) -> tuple[dict[str, tuple[str, str, str]], list[Check]]:
    """The records that a domain should have, and how it stands, by asking the DNS now.

    Args:
        server: the name of the mail server that carries our mails.
        sent: what became of the domain's mails lately.
    """
    want = rules.wanted(domain.domain, domain.selector, domain.public_key, domain.return_host, server)
    with ThreadPoolExecutor(4) as asking:
        asked = {key: asking.submit(_asked, name, kind) for key, (name, kind, _) in want.items()}
    return want, rules.all_of(want, {key: answer.result() for key, answer in asked.items()}, domain.return_host, sent)


def _asked(name: str, kind: str) -> list[str] | str:
    try:
        return dns.records(name, kind)
    except dns.DnsAway as fault:
        return str(fault)


@lru_cache(maxsize=64)
def _opened(key: bytes) -> bytes:
    return accounts.vault("channels").decrypt(key)


def register_server(name: str, key: Callable[[], str]) -> None:
    """Have a server that is not set up here count as one that is in use: by what it is remembered. Registering again changes nothing."""
    _servers[name] = key


def failing() -> list[Rest]:
    """The servers and providers in use that fail, with what they said last."""
    return [Rest(**row) for row in sql.records(RESTS, [[key() for key in _servers.values()]])]


def resting(provider: str, now: datetime) -> datetime | None:
    """Until when a provider is left in peace; None if it may be tried."""
    until: datetime | None = sql.value("select rests_until from channel_breaker where provider = %s and rests_until > %s", [provider, now])
    return until


def ways() -> tuple[OpenWay, ...]:
    """Everybody who carries now, opened: in the order of their places."""
    return tuple(_way(row) for row in sql.records(WAYS.format(where="closed_at is null and channel <> 'inbound'")))


def inbound() -> tuple[OpenWay, ...]:
    """Every mailbox that mail is read from now, opened."""
    return tuple(_way(row) for row in sql.records(WAYS.format(where="closed_at is null and channel = 'inbound'")))


def way_of(known: Collection[OpenWay], channel: str, store: str) -> OpenWay | None:
    """Who carries a channel for a store: its own first, then whoever carries for all."""
    return next((one for of in (store, "") for one in known if one.channel == channel and one.store == of), None)


def way_by_hook(kind: str, hook: str) -> OpenWay:
    """Whose receipts come to this address; of whoever was closed, too. Raises NoSuchProvider."""
    found = sql.records(WAYS.format(where="kind = %s and hook = %s"), [kind, hook])
    if not found:
        raise NoSuchProvider(key=hook[:40])
    return _way(found[0])


def provider_rows() -> list[dict[str, Any]]:
    """Everybody who was ever set up, without secrets, for people to look at."""
    found = sql.records(WAYS.format(where="true"))
    for row in found:
        row["settings"] = _plain(row["settings"])
        row["set"] = sorted(name for name, value in _secrets(bytes(row.pop("secrets"))).items() if value)
        row["address"] = hook_address(row["kind"], row["hook"])
        row["provider"] = PROVIDERS.get(row["kind"])
    return found


def hook_address(kind: str, hook: str) -> str:
    """Where a provider's receipts must be pointed."""
    return f"{django_settings.PUBLIC_URL}/hooks/{kind}/{hook}"


def reached(customers: Collection[UUID]) -> dict[tuple[UUID, str], str]:
    """The newest address that was linked, by customer and channel."""
    return {(customer, channel): address for customer, channel, address in sql.rows(REACHED, [list(customers)])}


def holder(channel: str, address: str) -> UUID | None:
    """Whose address this is in a channel."""
    found: UUID | None = sql.value(
        "select customer_id from channel_address where channel = %s and mark = address_mark(%s) and known_to = '9999-12-31 00:00+00' "
        "order by known_from desc limit 1",
        [channel, address],
    )
    return found


def _way(row: dict[str, Any]) -> OpenWay:
    opened = {**_plain(row["settings"]), **_secrets(bytes(row["secrets"])), "hook": hook_address(row["kind"], row["hook"])}
    return OpenWay(row["key"], row["channel"], row["store"], PROVIDERS[row["kind"]], opened, row["closed_at"] is not None)


def _plain(value: Any) -> dict[str, str]:
    found = json.loads(value) if isinstance(value, str) else value
    return {str(name): str(text) for name, text in found.items()}


def _secrets(kept: bytes) -> dict[str, str]:
    return _plain(json.loads(_opened(kept))) if kept else {}


LETTERS = """
select id, store, recipient, made_at, printed_at, printed_by from channel_letter
where (%(stores)s::text[] is null or store = any(%(stores)s)) order by printed_at is not null, made_at desc limit %(most)s
"""


def paper(stores: list[str] | None = None, most: int = 200) -> list[dict[str, Any]]:
    """The letters that wait to be printed, then those that were; of some stores or of all."""
    return sql.records(LETTERS, {"stores": stores, "most": most})


def paper_pdf(id: UUID, stores: list[str] | None = None) -> bytes | None:
    """One letter, ready to print; None where there is none within reach."""
    found = sql.value(
        "select pdf from channel_letter where id = %s and (%s::text[] is null or store = any(%s))", [id, stores, stores]
    )  # fmt: skip
    return bytes(found) if found is not None else None
