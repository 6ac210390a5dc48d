"""How the parts of this channel fit together. Meta signs all its notices alike."""

from __future__ import annotations

from ..types import Provider
from ..whatsapp.verify import challenge, verified
from .receipts import heard
from .requests import FIELDS, request, welcome
from .words import understood

MESSENGER = Provider("messenger", "messenger", "Messenger", FIELDS, request, understood, verified, heard, challenge, welcome, at_once=8)
