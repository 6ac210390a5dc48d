"""Refusals of the machines' entrance; each knows its HTTP status."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from afterword.kernel.errors import Failed, Refused


class Given(NamedTuple):
    """The key that came with a request, the store it opens, and whether it is one that stands in pages."""

    token: str
    store: str
    browser: bool


class Declined(Refused):
    """The request cannot be taken."""

    status: ClassVar[int] = 400


class NoKey(Declined):
    """The write key is missing or not known. Send it as the user name of Basic authentication, with an empty password."""

    status: ClassVar[int] = 401


class ForServersOnly(Declined):
    """This is a browser key: it tells only what visitors do, to /v1 and to /api/v1/events. Use a server key, from the shop's server."""

    status: ClassVar[int] = 403


class NotFromHere(Declined):
    """This browser key is not taken from {origin}. Whoever makes keys names the shop's pages in Settings → Keys."""

    status: ClassVar[int] = 403


class TooLong(Declined):
    """The body is longer than {most} bytes. Send less at once."""

    status: ClassVar[int] = 413


class NotJson(Declined):
    """The body is no JSON: {fault}."""


class BadEncoding(Declined):
    """The body's encoding “{encoding}” cannot be read. Send plain JSON, or gzip."""

    status: ClassVar[int] = 415


class TooMany(Failed):
    """This key has told more than it may. Try again in {seconds} s; whoever runs Afterword can allow more (AFTERWORD_KEY_RATE)."""

    def __init__(self, *, seconds: int, headers: dict[str, str]) -> None:
        super().__init__(seconds=seconds)
        self.headers = headers


class Busy(Failed):
    """More is coming in than can be written down right now. Try again in {seconds} s."""
