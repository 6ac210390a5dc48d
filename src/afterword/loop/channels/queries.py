"""Reads: the domains we send from, and who is being left in peace."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache
from typing import Any

from afterword.kit import dns, sql
from afterword.loop.accounts import door as accounts

from .email_smtp.payloads import Signer
from .rules import health as rules
from .rules.health import Check, Sent
from .types import Domain, Rest

DOMAINS = "select domain, selector, public_key, return_host, per_minute, warm_from, made_at from channel_domain order by domain"
KEYS = "select domain, selector, private_key from channel_domain"
RESTS = "select provider, failures, rests_until, since, said from channel_breaker where failures > 0 order by provider"


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


def failing() -> list[Rest]:
    """The providers that fail, with what they said last."""
    return [Rest(**row) for row in sql.records(RESTS)]


def resting(provider: str, now: datetime) -> datetime | None:
    """Until when a provider is left in peace; None if it may be tried."""
    until: datetime | None = sql.value("select rests_until from channel_breaker where provider = %s and rests_until > %s", [provider, now])
    return until
