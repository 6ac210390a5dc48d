"""How the parts of this channel fit together."""

from __future__ import annotations

from ..sms_twilio.payloads import plain, segments
from ..types import Provider
from .receipts import heard
from .requests import FIELDS, request
from .verify import verified
from .words import meant, understood

HTTP = Provider(
    "sms_http", "sms", "SMS (any provider)", FIELDS, request, understood, verified, heard, segments=lambda text: segments(plain(text)),
    meant=meant, repeats=lambda settings: settings.get("repeats") == "yes",
)  # fmt: skip
