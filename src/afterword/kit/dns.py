"""Asking the DNS. The machine's resolver unless AFTERWORD_DNS names another (`address` or `address:port`).

The library is loaded with the first question: few processes ever ask one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from afterword.kernel.errors import Failed

from .env import env_str

if TYPE_CHECKING:
    import dns.resolver

PATIENCE = 4.0  # seconds


class DnsAway(Failed):
    """The DNS did not answer about {name}: {fault}."""


@lru_cache(maxsize=4)
def _resolver(where: str) -> dns.resolver.Resolver:
    import dns.resolver

    if not where:
        found = dns.resolver.Resolver()
    else:
        host, _, port = where.rpartition(":") if where.count(":") == 1 else (where, "", "")
        found = dns.resolver.Resolver(configure=False)
        found.nameservers, found.port = [host], int(port or 53)
    found.lifetime = found.timeout = PATIENCE
    return found


def records(name: str, kind: str) -> list[str]:
    """The records of a name: TXT joined to one text each, others as the DNS writes them. Empty where there are none. Raises DnsAway."""
    import dns.exception
    import dns.name
    import dns.resolver

    try:
        answer = _resolver(env_str("AFTERWORD_DNS", "")).resolve(name, kind, raise_on_no_answer=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.name.LabelTooLong, dns.name.EmptyLabel):
        return []
    except (dns.exception.DNSException, OSError, ValueError) as fault:
        raise DnsAway(name=name, fault=str(fault) or type(fault).__name__) from fault
    if answer.rrset is None:
        return []
    if kind == "TXT":
        return [b"".join(one.strings).decode("utf-8", "replace") for one in answer.rrset]
    return [one.to_text() for one in answer.rrset]
