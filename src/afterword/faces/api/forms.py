"""Reading a machine's request: its key, its body with limits, gzip."""

from __future__ import annotations

import base64
import binascii
import zlib

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from afterword.loop.accounts import door as accounts

from .types import BadEncoding, NoKey, TooLong

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


def key_of(request: HttpRequest, in_body: object = None) -> tuple[str, str]:
    """The write key and its store: from Basic or Bearer authentication, or from the body."""
    token = _token(request.headers.get("Authorization", "")) or (in_body if isinstance(in_body, str) else None)
    store = accounts.write_key_for(token) if token and len(token) < 200 and token.isascii() else None
    if store is None or not token:
        raise NoKey()
    return token, store


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
