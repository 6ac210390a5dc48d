"""Whether a call is Meta's (X-Hub-Signature-256), and its question whether the address is ours."""

from __future__ import annotations

import hmac

from ..types import Call, Settings


def verified(call: Call, settings: Settings) -> bool:
    """Whether the body was signed with our app's secret."""
    given = call.headers.get("x-hub-signature-256", "")
    return hmac.compare_digest("sha256=" + hmac.digest(settings["secret"].encode(), call.body, "sha256").hex(), given)


def challenge(call: Call, settings: Settings) -> str | None:
    """What to answer when Meta asks whether the address is ours; None where it does not ask, or with another word."""
    asked = call.query
    if call.method != "GET" or asked.get("hub.mode") != "subscribe":
        return None
    if not hmac.compare_digest(asked.get("hub.verify_token", "").encode(), settings["verify"].encode()):
        return None
    return asked.get("hub.challenge", "")
