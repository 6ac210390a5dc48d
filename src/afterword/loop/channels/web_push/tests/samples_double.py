"""A push service as RFC 8030, 8188, 8291 and 8292 have it, with the browser behind it: it opens what came, or refuses."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from afterword.loop.channels.tests.samples_double import NOW, Answer, Asked, Double, serving
from afterword.loop.channels.tests.samples_wire import samples, settings
from afterword.loop.channels.web_push.payloads import packed, public, unpacked

SETTINGS = settings("web_push")
KEY = SETTINGS["private"]
BROWSER = ec.generate_private_key(ec.SECP256R1())
AUTH = b"0123456789abcdef"
POINT = BROWSER.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def subscription(url: str, name: str = "ana") -> str:
    return json.dumps({"endpoint": f"{url}/push/{name}", "keys": {"p256dh": packed(POINT), "auth": packed(AUTH)}})


def opened(body: bytes, key: ec.EllipticCurvePrivateKey = BROWSER, auth: bytes = AUTH) -> bytes:
    """What a browser reads, written apart from the code that is tested."""
    salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
    theirs = body[21 : 21 + length]
    sealed = body[21 + length :]
    assert size >= len(sealed)
    mine = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
    seed = HKDF(SHA256(), 32, auth, b"WebPush: info\x00" + mine + theirs).derive(shared)
    cek = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(seed)
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(seed)
    plain = AESGCM(cek).decrypt(nonce, sealed, None).rstrip(b"\x00")
    assert plain[-1:] == b"\x02"
    return plain[:-1]


def vouched(header: str, origin: str, at: datetime) -> bool:
    scheme, _, rest = header.partition(" ")
    parts = dict(one.strip().split("=", 1) for one in rest.split(","))
    if scheme != "vapid" or parts.get("k") != public(KEY):
        return False
    head, claims, signature = parts["t"].split(".")
    raw = urlsafe_b64decode(signature + "==")
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpacked(parts["k"]))
    try:
        proof = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        key.verify(proof, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    said = json.loads(unpacked(claims))
    now = at.timestamp()
    return bool(said["aud"] == origin and now < said["exp"] <= now + 86_400 and said["sub"].startswith(("mailto:", "https:")))


def said(name: str) -> Answer:
    """A recorded answer."""
    return samples("web_push", "answers")[name].answer()


def _answer(double: Double, asked: Asked, at: datetime) -> Answer:
    name = asked.path.removeprefix("/push/")
    if name == "gone":
        return said("the browser is gone")
    if not vouched(asked.headers.get("authorization", ""), double.url, at):
        return said("subscribed under another key")
    if not asked.headers.get("ttl", "").isdigit() or asked.headers.get("content-encoding") != "aes128gcm":
        return said("not as it should be")
    if asked.headers.get("urgency", "normal") not in ("very-low", "low", "normal", "high") or len(asked.headers.get("topic", "")) > 32:
        return said("not as it should be")
    if len(asked.body) > 4096:
        return said("too long")
    double.taken.append(json.loads(opened(asked.body)))
    return said("taken")


def push_service(at: datetime = NOW) -> AbstractContextManager[Double]:
    """A push service on this machine, where it is `at`."""
    return serving(partial(_answer, at=at))
