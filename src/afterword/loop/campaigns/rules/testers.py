"""To which address of a tester's own a campaign can be tried, by its channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from afterword.loop.channels.types import ANY_CHANNEL

Address = Literal["mail", "phone", "id", "none"]
BY_PHONE, BY_ID = ("sms", "whatsapp"), ("viber", "messenger", "telegram")
LONGEST_ID = 200
WHY_NOT: Mapping[str, str] = {
    "web_push": "A notice goes to a browser that has allowed it, so there is no address to try it with. Allow notices in your own"
    " browser as a customer does, and be in the segment.",
    "letter": "A letter has no address to try it with: it would be printed. Read it on this page.",
    "webhook": "A call to another system names a customer, so it cannot be tried on oneself. Read it on this page.",
}


def address_of(channel: str) -> Address:
    """What somebody must give to get a test in this channel: nothing (their own mail), a telephone number, an id, or there is none.

    What goes by each person's own wish is tried by mail.
    """
    if channel in ("email", ANY_CHANNEL):
        return "mail"
    return "phone" if channel in BY_PHONE else "id" if channel in BY_ID else "none"


def good_id(given: str) -> str:
    """An id of a messenger as it was typed; empty where that is none."""
    text = given.strip()
    return text if text and len(text) <= LONGEST_ID and text.isprintable() and " " not in text else ""
