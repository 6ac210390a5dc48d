"""Whether a call is Twilio's: HMAC-SHA1 over the address and, sorted, every name and value of the form (X-Twilio-Signature)."""

from __future__ import annotations

import hmac
from base64 import b64encode
from hashlib import sha256
from urllib.parse import parse_qsl

from ..types import Call, Settings


def signature(url: str, form: list[tuple[str, str]], token: str) -> str:
    """What Twilio would send for this. Of a name given twice, each value once, sorted."""
    text = url + "".join(f"{name}{value}" for name, value in sorted(set(form)))
    return b64encode(hmac.digest(token.encode(), text.encode(), "sha1")).decode()


def verified(call: Call, settings: Settings) -> bool:
    """Whether it holds, with or without the port that a proxy may add or leave out."""
    given = call.headers.get("x-twilio-signature", "")
    form = parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True)
    if "bodySHA256" in call.query:
        form = []
        if not hmac.compare_digest(call.query["bodySHA256"], sha256(call.body).hexdigest()):
            return False
    return any(hmac.compare_digest(signature(url, form, settings["token"]), given) for url in _spellings(call.url))


def _spellings(url: str) -> list[str]:
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    name, _, port = host.partition(":")
    usual = {"https": "443", "http": "80"}.get(scheme, "")
    others = [f"{scheme}://{name}{slash}{path}"] if port == usual else [f"{scheme}://{name}:{usual}{slash}{path}"] if not port else []
    return [url, *others]
