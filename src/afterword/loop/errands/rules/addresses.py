"""Whom we call: a web address outside, never the inside of our own network unless the installation allows it."""

from __future__ import annotations

from urllib.parse import urlsplit

from ..types import NotAnAddress


def checked(url: str, *, inside: bool) -> str:
    """The address, if it can be one.

    Args:
        inside: whether plain http and our own network are allowed (AFTERWORD_WEBHOOKS_INSIDE=1).
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in (("https", "http") if inside else ("https",)):
        raise NotAnAddress(url=url, fault="it does not begin with https://")
    if not parts.hostname or parts.username or parts.password:
        raise NotAnAddress(url=url, fault="it names no host, or a password")
    return parts.geturl()
