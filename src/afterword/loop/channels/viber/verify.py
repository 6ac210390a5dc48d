"""Whether a call is Viber's: HMAC-SHA256 of the body with the bot's token (X-Viber-Content-Signature)."""

from __future__ import annotations

import hmac

from ..types import Call, Settings


def verified(call: Call, settings: Settings) -> bool:
    """Whether the body was signed with our token."""
    given = call.headers.get("x-viber-content-signature", "") or call.query.get("sig", "")
    return hmac.compare_digest(hmac.digest(settings["token"].encode(), call.body, "sha256").hex(), given)
