"""Customers' pages: no cookie, no script; a signed link is the key. A GET never answers for anybody."""

from __future__ import annotations

from .choices import preferences, unsubscribe
from .join import confirm, join
from .order import show_order
from .review import ask_review, thank_review
from .survey import ask_score, thank
from .traces import follow, go_on, picture
from .view import view
from .ways import ways, worker

__all__ = [
    "ask_review",
    "ask_score",
    "confirm",
    "follow",
    "go_on",
    "join",
    "picture",
    "preferences",
    "show_order",
    "thank",
    "thank_review",
    "unsubscribe",
    "view",
    "ways",
    "worker",
]
