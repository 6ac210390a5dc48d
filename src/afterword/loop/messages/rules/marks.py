"""UTM marks: what tells a shop's own statistics from which message somebody came. Never on an address that is not the shop's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from .links import Links

NAMES = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")


def marked(address: str, marks: Mapping[str, str], site: str, message: str) -> str:
    """The address with the marks it lacks, if it is one of the site's (or of a part of it, such as `www.`); else as it is.

    `{message}` in a mark stands for the key of the message.
    """
    if not marks or not _ours(address, site):
        return address
    parts = urlsplit(address)
    there = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    more = {name: marks[name].replace("{message}", message) for name in NAMES if marks.get(name) and name not in there}
    if not more:
        return address
    query = "&".join(part for part in (parts.query, urlencode(more, quote_via=quote)) if part)
    return urlunsplit(parts._replace(query=query))


def _ours(address: str, site: str) -> bool:
    if not address.startswith(("https://", "http://")):
        return False
    try:
        host, own = urlsplit(address).hostname or "", urlsplit(site).hostname or ""
    except ValueError:
        return False
    own = own.removeprefix("www.")
    return bool(own) and (host == own or host.endswith(f".{own}"))


def marked_links(links: Links, marks: Mapping[str, str], site: str, message: str) -> Links:
    """The links of a message whose counted addresses carry the marks."""
    if not marks:
        return links
    return replace(links, tracked=lambda address: links.tracked(marked(address, marks, site, message)))
