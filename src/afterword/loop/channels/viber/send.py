"""How the parts of this channel fit together."""

from __future__ import annotations

from ..types import Provider
from .receipts import heard
from .requests import FIELDS, request, welcome
from .verify import verified
from .words import understood

VIBER = Provider("viber", "viber", "Viber", FIELDS, request, understood, verified, heard, welcome=welcome, at_once=4)
