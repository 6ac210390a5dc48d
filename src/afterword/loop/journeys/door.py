"""What other rooms may ask of journeys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afterword.kernel.doors import lazily

from .queries.overview import Known, Line, Shown, counts_of, known, names, overview
from .queries.runs import Run, Runs, passage, runs
from .queries.why import Passage, passages
from .rules.drawing import Drawing, Drawn, drawn, spoken_event, spoken_outcome
from .rules.standings import entered, here, under_way
from .types import TRIGGER, NoSuchJourney

if TYPE_CHECKING:
    from .actions.clocks import strike
    from .actions.publish import keep_draft, keep_shipped, publish, sends, shipped, statements, text_of, understood, withdraw
    from .actions.tick import tick
    from .tables.compose import COLUMNS, PASS
else:
    PUBLISH = ("keep_draft", "keep_shipped", "publish", "sends", "shipped", "statements", "text_of", "understood", "withdraw")
    PASSES = dict.fromkeys(("COLUMNS", "PASS"), "tables.compose")
    __getattr__ = lazily(
        __package__, {**dict.fromkeys(PUBLISH, "actions.publish"), **PASSES, "tick": "actions.tick", "strike": "actions.clocks"}
    )

__all__ = [
    "COLUMNS", "Drawing", "Drawn", "Known", "Line", "NoSuchJourney", "PASS", "Passage", "Run", "Runs", "Shown", "TRIGGER", "counts_of",
    "drawn", "entered", "here", "keep_draft", "keep_shipped", "known", "names", "overview", "passage", "passages", "publish", "runs",
    "sends", "shipped", "spoken_event", "spoken_outcome", "statements", "strike", "text_of", "tick", "under_way", "understood", "withdraw",
]  # fmt: skip
