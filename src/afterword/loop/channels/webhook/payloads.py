"""Signatures of what we send to other systems: Standard Webhooks 1.0 (standardwebhooks.com), scheme v1.

The receiver checks HMAC-SHA256 over `id.timestamp.body` with the endpoint's secret, refuses old timestamps, and knows a
repetition by its id.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
BYTES = 24


def new_secret() -> str:
    """A fresh secret, as receivers paste it: `whsec_` and 24 bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def headers(id: str, at: datetime, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """The three headers. With two keys (one is being replaced) there are two signatures, and either will do.

    Args:
        at: the real time of this attempt.
    """
    stamp = str(int(at.timestamp()))
    signed = " ".join(f"v1,{signature(id, stamp, body, key)}" for key in keys)
    return {"webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": signed}


def signature(id: str, stamp: str, body: bytes, key: str) -> str:
    """The signature of one delivery by one key, in base64."""
    secret = base64.b64decode(key.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(secret, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()).decode()
