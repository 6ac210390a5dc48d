"""Reading a machine's request: its key, its body with limits, gzip."""

from __future__ import annotations

import base64
import binascii
import zlib

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from afterword.loop.accounts import door as accounts

from .types import BadEncoding, ForServersOnly, Given, NoKey, NotFromHere, TooLong

ONE = 32 * 1024
BATCH = 500 * 1024


def body_of(request: HttpRequest, most: int) -> bytes:
    """The body, unpacked; never more than `most` bytes of it are held."""
    try:
        raw = request.body
    except RequestDataTooBig:
        raise TooLong(most=most) from None
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("gzip", "x-gzip"):
        raw = _unpacked(raw, most)
    elif encoding not in ("identity", ""):
        raise BadEncoding(encoding=encoding[:40])
    if len(raw) > most:
        raise TooLong(most=most)
    return raw


def _unpacked(raw: bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        plain = unpacker.decompress(raw, most + 1)
    except zlib.error:
        raise BadEncoding(encoding="gzip, broken") from None
    if len(plain) <= most and not unpacker.eof:
        raise BadEncoding(encoding="gzip, cut off")
    return plain


def key_of(request: HttpRequest, in_body: object = None, *, pages: bool = False) -> Given:
    """The write key and what it opens: from Basic or Bearer authentication, or from the body.

    A browser key opens only where `pages` are let in, and only to the pages that it names, if it names any.
    """
    token = _token(request.headers.get("Authorization", "")) or (in_body if isinstance(in_body, str) else None)
    opened = opened_by(token) if token else None
    if opened is None or not token:
        raise NoKey()
    if opened.browser:
        if not pages:
            raise ForServersOnly()
        origin = request.headers.get("Origin", "")
        if opened.origins and origin not in opened.origins:
            raise NotFromHere(origin=origin[:100] or "outside a page")
    return Given(token, opened.store, opened.browser)


def opened_by(token: str) -> accounts.Opened | None:
    """What this key opens, if it is one."""
    return accounts.write_key_for(token) if len(token) < 200 and token.isascii() else None


def _token(header: str) -> str | None:
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(rest.strip(), validate=True).decode("utf-8").partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return None
