"""What other rooms may ask of campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afterword.kernel.doors import lazily

from .actions.conclude import asked, choose
from .actions.drafts import copy, free_key, keep, throw_away
from .actions.hands import pause, resume, stop
from .actions.start import KIND, ask_approval, category, decide_approval, mark_of, moment_of, start
from .models import Campaign
from .queries import figures
from .queries.listing import Line, by_hour, costs, facts, names, one, origin_of, overview, reasons, tallies
from .rules import reckoning
from .types import (
    EVERYWHERE,
    FIRST,
    HELD_OUT,
    KINDS,
    REST,
    AlreadyDecided,
    BadCampaign,
    Foreseen,
    NeedsApproval,
    NoSuchCampaign,
    NotNow,
    Plan,
    Verdict,
)

if TYPE_CHECKING:
    from .actions.foresee import foresee
else:
    __getattr__ = lazily(__package__, {"foresee": "actions.foresee"})

__all__ = [
    "AlreadyDecided", "BadCampaign", "Campaign", "EVERYWHERE", "FIRST", "Foreseen", "HELD_OUT", "KIND", "KINDS", "Line", "NeedsApproval",
    "NoSuchCampaign", "NotNow", "Plan", "REST", "Verdict", "ask_approval", "asked", "by_hour", "category", "choose", "copy", "costs",
    "decide_approval", "facts", "figures", "foresee", "free_key", "keep", "mark_of", "moment_of", "names", "one", "origin_of", "overview",
    "pause", "reasons", "reckoning", "resume", "start", "stop", "tallies", "throw_away",
]  # fmt: skip
