"""Whether a call is Telegram's: it carries the secret that the webhook was set with."""

from __future__ import annotations

import hmac

from ..types import Call, Settings


def verified(call: Call, settings: Settings) -> bool:
    """Whether the secret is ours."""
    return hmac.compare_digest(call.headers.get("x-telegram-bot-api-secret-token", "").encode(), settings["secret"].encode())
