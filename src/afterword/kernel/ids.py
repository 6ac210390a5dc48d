"""Identifiers: time-ordered ones for events, keyed ones for the shop's own things, and the dice that follow from them."""

from __future__ import annotations

import hmac
import os
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

DICE_FACES = 2**31 - 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def uuid7(at: datetime) -> UUID:
    """A UUIDv7 (RFC 9562, 5.7) minted for the instant `at`: sorted by time, random below the millisecond."""
    millis = (at - EPOCH) // timedelta(milliseconds=1)
    return _stamped(millis, os.urandom(10))


def uuid7_from(at: datetime, seed: bytes) -> UUID:
    """A UUIDv7 whose random part follows from `seed`, so that minting it again gives the same id."""
    millis = (at - EPOCH) // timedelta(milliseconds=1)
    return _stamped(millis, sha256(seed).digest()[:10])


def uuid7_floor(at: datetime) -> UUID:
    """The smallest UUIDv7 of the millisecond of `at`: the lower edge of a partition."""
    millis = (at - EPOCH) // timedelta(milliseconds=1)
    return UUID(int=(max(millis, 0) << 80) | (0x7 << 76) | (0b10 << 62))


def _stamped(millis: int, noise: bytes) -> UUID:
    value = (max(millis, 0) << 80) | int.from_bytes(noise, "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0b11 << 62)) | (0b10 << 62)
    return UUID(int=value)


def keyed_id(secret: bytes, kind: str, store: str, reference: str) -> UUID:
    """The id of something the shop calls `reference` (RFC 9562 version 8, from HMAC-SHA256).

    The same reference always gives the same id, so nothing has to be looked up; without the installation's secret the
    reference cannot be guessed back from the id, so the id may enter the lake.
    """
    mark = hmac.digest(secret, "\x1f".join((kind, store, reference)).encode(), "sha256")[:16]
    value = int.from_bytes(mark, "big")
    value = (value & ~(0xF << 76)) | (0x8 << 76)
    value = (value & ~(0b11 << 62)) | (0b10 << 62)
    return UUID(int=value)


def dice(id: UUID) -> int:
    """The stored number from which splits and holdouts are drawn: 0 <= dice < 2**31 - 1, fixed for ever by the id."""
    return int.from_bytes(sha256(id.bytes).digest()[:8], "big") % DICE_FACES


def factors(salt: str) -> tuple[int, int]:
    """Two numbers made from a salt, for mixing dice by (m · dice + a) mod DICE_FACES: the same on every engine, every time."""
    digest = sha256(salt.encode()).digest()
    return int.from_bytes(digest[:8], "big") % (DICE_FACES - 1) + 1, int.from_bytes(digest[8:16], "big") % DICE_FACES


def edges(shares: tuple[float, ...]) -> tuple[int, ...]:
    """Where each arm ends on the faces of the dice; the last one ends where they do."""
    total, run, out = sum(shares), 0.0, []
    for share in shares:
        run += share
        out.append(round(run / total * DICE_FACES))
    return tuple(out)
