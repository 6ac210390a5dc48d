"""How the parts of this channel fit together."""

from __future__ import annotations

from ..types import Provider
from .requests import FIELDS, request
from .words import understood

WEBHOOK = Provider("webhook", "webhook", "Webhook", FIELDS, request, understood, idempotent=True)
