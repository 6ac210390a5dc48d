"""What other rooms may ask of campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afterword.kernel.doors import lazily

from .actions.conclude import asked, choose
from .actions.drafts import KIND, copy, free_key, keep, sayable, throw_away
from .actions.hands import pause, resume, stop
from .actions.start import ask_approval, category, decide_approval, mark_of, moment_of, start
from .actions.try_on import tried, tried_few, try_on
from .models import Campaign
from .queries import figures
from .queries.effects import FEWEST, FEWEST_BUYERS, WINDOWS, effect
from .queries.listing import Line, by_hour, costs, facts, names, one, origin_of, overview, reasons, tallies
from .rules import reckoning
from .rules.testers import WHY_NOT, address_of
from .types import (
    EVERYWHERE,
    FIRST,
    HELD_OUT,
    KINDS,
    REST,
    AlreadyDecided,
    BadCampaign,
    ByChannel,
    Effect,
    Foreseen,
    NeedsApproval,
    NobodyThere,
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
    "address_of", "AlreadyDecided", "ask_approval", "asked", "BadCampaign", "by_hour", "ByChannel", "Campaign", "category", "choose",
    "copy", "costs",
    "decide_approval", "effect", "Effect", "EVERYWHERE", "facts", "FEWEST", "FEWEST_BUYERS", "figures", "FIRST", "foresee", "Foreseen",
    "free_key", "HELD_OUT", "keep", "KIND", "KINDS", "Line", "mark_of", "moment_of", "names", "NeedsApproval", "NobodyThere",
    "NoSuchCampaign", "NotNow", "one", "origin_of", "overview", "pause", "Plan", "reasons", "reckoning", "REST", "resume", "sayable",
    "start", "stop", "tallies", "throw_away", "tried", "tried_few", "try_on", "Verdict", "WHY_NOT", "WINDOWS",
]  # fmt: skip
