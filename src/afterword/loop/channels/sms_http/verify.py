"""Whether a call comes from the provider: it knows the secret that was set with it."""

from __future__ import annotations

import hmac

from ..types import Call, Settings


def verified(call: Call, settings: Settings) -> bool:
    """Whether the secret is ours. Without one nothing is believed."""
    given = call.headers.get("x-key", "") or call.query.get("key", "")
    return bool(settings.get("secret")) and hmac.compare_digest(given.encode(), settings["secret"].encode())
