"""Reads: the domains we send from, and who is being left in peace."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from afterword.kit import sql
from afterword.loop.accounts import door as accounts

from .email_smtp.payloads import Signer
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
