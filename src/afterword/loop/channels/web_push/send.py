"""How the parts of this channel fit together. A topic replaces what a browser has not seen yet, so a repetition is not seen twice."""

from __future__ import annotations

from ..types import Provider
from .requests import FIELDS, request
from .words import understood

WEB_PUSH = Provider("web_push", "web_push", "Notices in the browser", FIELDS, request, understood, idempotent=True)
