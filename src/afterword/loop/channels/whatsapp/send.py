"""How the parts of this channel fit together."""

from __future__ import annotations

from ..types import Provider
from .receipts import heard
from .requests import FIELDS, request
from .verify import challenge, verified
from .words import understood

WHATSAPP = Provider("whatsapp", "whatsapp", "WhatsApp", FIELDS, request, understood, verified, heard, challenge, at_once=8)
