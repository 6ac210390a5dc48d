"""A mail as it leaves for the world: signed for its domain (DKIM, RFC 6376), with a return path of its own (VERP). Pure.

`c=relaxed/relaxed; a=rsa-sha256`: what every receiver can check. `From` is signed once more than it stands there, so that nobody
can add a second one.
"""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

SIGNED = (
    b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"mime-version", b"content-type", b"content-language",
    b"list-unsubscribe", b"list-unsubscribe-post", b"auto-submitted",
)  # fmt: skip
KEY_BITS, LINE = 2048, 74
_FOLD = re.compile(rb"\r\n(?=[ \t])")
_SPACE = re.compile(rb"[ \t]+")
_RETURN = re.compile(r"^b-([0-9a-f]{32})-([0-9a-f]{16})@(.+)$", re.IGNORECASE)


@dataclass(frozen=True)
class Signer:
    """Who signs: the domain, under which selector its key is published, and the private key as PEM."""

    domain: str
    selector: str
    private: bytes


@lru_cache(maxsize=64)
def _key(private: bytes) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(private, None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("a DKIM key of ours is an RSA key")
    return key


def new_key() -> tuple[bytes, str]:
    """A private key as PEM, and its public half as a DNS record holds it (base64 of its DER form)."""
    key = rsa.generate_private_key(65537, KEY_BITS)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private, b64encode(key.public_key().public_bytes(serialization.Encoding.DER, form)).decode()


def signed(raw: bytes, signer: Signer, at: int) -> bytes:
    """The mail with a DKIM-Signature on top; `at` is when it was signed, in seconds of Unix time."""
    head, _, body = raw.partition(b"\r\n\r\n")
    fields = _fields(head)
    names = [name for name in SIGNED if name in fields]
    listed = b":".join([*names, b"from"])
    proof = b64encode(sha256(relaxed_body(body)).digest())
    tags = (
        b"v=1; a=rsa-sha256; c=relaxed/relaxed; d=" + signer.domain.encode() + b"; s=" + signer.selector.encode()
        + b"; t=" + str(at).encode() + b"; h=" + listed + b"; bh=" + proof + b"; b="
    )  # fmt: skip
    text = b"".join(name + b":" + fields[name] + b"\r\n" for name in names) + b"dkim-signature:" + tags
    mark = b64encode(_key(signer.private).sign(text, padding.PKCS1v15(), hashes.SHA256()))
    # Folded at spaces only, which relaxed canonicalisation makes one space again; inside b= space does not count.
    folded = b"\r\n ".join(mark[n : n + LINE] for n in range(0, len(mark), LINE))
    return b"DKIM-Signature: " + _wrapped(tags) + folded + b"\r\n" + raw


def _wrapped(tags: bytes) -> bytes:
    return tags.replace(b"; h=", b";\r\n h=").replace(b"; bh=", b";\r\n bh=").replace(b"; b=", b";\r\n b=")


def _fields(head: bytes) -> dict[bytes, bytes]:
    """The header fields by name in small letters, each as relaxed canonicalisation writes its value (RFC 6376, 3.4.2)."""
    found = {}
    for line in _FOLD.sub(b"", head).split(b"\r\n"):
        name, _, value = line.partition(b":")
        found[name.strip().lower()] = _SPACE.sub(b" ", value).strip()
    return found


def relaxed_body(body: bytes) -> bytes:
    """The body in relaxed form (RFC 6376, 3.4.4): runs of space are one, none before a line's end, no empty lines at the end."""
    plain = body.replace(b"\t", b" ")
    while b"  " in plain:  # several times through a long body, and still ten times faster than a pattern
        plain = plain.replace(b"  ", b" ")
    plain = plain.replace(b" \r\n", b"\r\n").rstrip(b"\r\n ")
    return plain + b"\r\n" if plain else b""


def return_path(id: UUID, host: str, secret: bytes) -> str:
    """Where a message that cannot be delivered comes back to: an address of its own, which nobody can make up."""
    return f"b-{id.hex}-{_mark(id, secret)}@{host}"


def returned(address: str, secret: bytes) -> UUID | None:
    """The message that came back to this address; None if it is no return path of ours."""
    found = _RETURN.match(address.strip())
    if not found:
        return None
    id = UUID(found.group(1))
    return id if hmac.compare_digest(found.group(2).lower(), _mark(id, secret)) else None


def _mark(id: UUID, secret: bytes) -> str:
    return hmac.digest(secret, b"return path:" + id.bytes, "sha256").hex()[:16]
