"""How the parts of this channel fit together."""

from __future__ import annotations

from ..types import Provider
from .payloads import plain, segments
from .receipts import heard
from .requests import FIELDS, request
from .verify import verified
from .words import understood

TWILIO = Provider(
    "sms_twilio",
    "sms",
    "SMS (Twilio)",
    FIELDS,
    request,
    understood,
    verified,
    heard,
    segments=lambda text: segments(plain(text)),
    at_once=8,
)
