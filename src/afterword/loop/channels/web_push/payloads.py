"""The encryption of a notice (aes128gcm, RFC 8188 and 8291), and the voucher for who sends it (VAPID, RFC 8292)."""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD = 4096
LONGEST = RECORD - 17 - 86  # the padding mark and the tag, and the header


def unpacked(text: str) -> bytes:
    """Bytes from base64url without its padding."""
    return urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))


def packed(raw: bytes) -> str:
    """Bytes as base64url without its padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def new_key() -> str:
    """A private key of ours, as it is kept."""
    return packed(ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32, "big"))


def private(text: str) -> ec.EllipticCurvePrivateKey:
    """The key that is kept so."""
    return ec.derive_private_key(int.from_bytes(unpacked(text), "big"), ec.SECP256R1())


def public(text: str) -> str:
    """The public half, as a browser wants it when it subscribes (applicationServerKey)."""
    return packed(_point(private(text).public_key()))


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encrypted(plain: bytes, p256dh: str, auth: str, *, own: ec.EllipticCurvePrivateKey | None = None, salt: bytes | None = None) -> bytes:
    """A notice that only the browser of these keys can read.

    Args:
        own, salt: a fresh key and fresh salt, made here unless a test gives them.
    """
    own, salt = own or ec.generate_private_key(ec.SECP256R1()), salt or os.urandom(16)
    theirs = unpacked(p256dh)
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
    mine = _point(own.public_key())
    seed = HKDF(SHA256(), 32, unpacked(auth), b"WebPush: info\x00" + theirs + mine).derive(shared)
    key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(seed)
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(seed)
    header = salt + RECORD.to_bytes(4, "big") + bytes([len(mine)]) + mine
    return header + AESGCM(key).encrypt(nonce, plain + b"\x02", None)


def voucher(endpoint: str, key: str, subject: str, expires: int) -> str:
    """The Authorization header: who sends, to whom, until when (seconds since 1970, at most a day ahead)."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": expires, "sub": subject}
    body = ".".join(packed(json.dumps(one, separators=(",", ":")).encode()) for one in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(private(key).sign(body.encode(), ec.ECDSA(SHA256())))
    return f"vapid t={body}.{packed(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}, k={public(key)}"
