"""What other rooms may ask of journeys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afterword.kernel.doors import lazily

from .queries import builder
from .queries.hands import hands
from .queries.overview import Known, Line, Shown, counts_of, known, names, on, overview, sending, version_id
from .queries.runs import Run, Runs, passage, runs
from .queries.why import Passage, passages
from .rules import editing, form
from .rules.clocks import strikes
from .rules.differences import Difference, differences, renamed
from .rules.drawing import Drawing, Drawn, drawn, spoken_event, spoken_outcome
from .rules.examples import RULES, Example, examples_of, longest, lots, spoken_moment
from .rules.lint import Finding, failing
from .rules.standings import entered, here, under_way
from .rules.walks import Stride, strides
from .rules.yaml import line_of, loaded
from .types import TRIGGER, BadJourney, DraftMoved, Enrol, Entering, Explained, NoSuchJourney, NothingToSpeakOf, Part, Reason

if TYPE_CHECKING:
    from .actions.approvals import ask_approval, decide, waiting, wish_of
    from .actions.clocks import strike
    from .actions.code import Change, Plan, apply, export, mark, plan
    from .actions.drafts import (
        begin_journey,
        digest,
        discard_draft,
        keep_draft,
        keep_shipped,
        need_base,
        restore_version,
        save_draft,
        shipped,
        text_of,
        understood,
    )  # fmt: skip
    from .actions.gallery import Entry, gallery, take
    from .actions.hands import Foreseen, foresee, foresee_move, move, pause, resume, stop, take_out
    from .actions.lint import lint_text, lint_texts
    from .actions.publish import enters_from, publish, recompile, sends, statements, withdraw
    from .actions.tick import tick
    from .actions.walks import begin_walk, go_on, skip_wait, stop_walk, walk_of
    from .queries.reasons import reasons
    from .queries.reference import reference_pages
    from .tables.compose import COLUMNS, PASS
else:
    DRAFTS = (
        "begin_journey", "digest", "discard_draft", "keep_draft", "keep_shipped", "need_base", "restore_version", "save_draft", "shipped",
        "text_of", "understood",
    )  # fmt: skip
    PUBLISH = ("enters_from", "publish", "recompile", "sends", "statements", "withdraw")
    CODE = ("Change", "Plan", "apply", "export", "mark", "plan")
    GALLERY = ("Entry", "gallery", "take")
    HANDS = ("Foreseen", "foresee", "foresee_move", "move", "pause", "resume", "stop", "take_out")
    PASSES = dict.fromkeys(("COLUMNS", "PASS"), "tables.compose")
    LATE = {
        "reference_pages": "queries.reference", "reasons": "queries.reasons", "tick": "actions.tick", "strike": "actions.clocks",
    }  # fmt: skip
    HEAVY = {**dict.fromkeys(PUBLISH, "actions.publish"), **dict.fromkeys(HANDS, "actions.hands"), **LATE}
    LINT = ("lint_text", "lint_texts")
    WALKS = ("begin_walk", "go_on", "skip_wait", "stop_walk", "walk_of")
    APPROVE = ("ask_approval", "decide", "waiting", "wish_of")
    LIGHT = {**dict.fromkeys(CODE, "actions.code"), **dict.fromkeys(GALLERY, "actions.gallery"), **dict.fromkeys(LINT, "actions.lint")}
    LIGHT |= {**dict.fromkeys(APPROVE, "actions.approvals"), **dict.fromkeys(WALKS, "actions.walks")}
    __getattr__ = lazily(__package__, {**dict.fromkeys(DRAFTS, "actions.drafts"), **LIGHT, **PASSES, **HEAVY})

__all__ = [
    "BadJourney", "COLUMNS", "Change", "Difference", "DraftMoved", "Drawing", "Drawn", "Enrol", "Entering", "Entry", "Example",
    "Explained", "Finding", "Foreseen", "Known", "Line", "NoSuchJourney", "NothingToSpeakOf", "PASS", "Part", "Passage", "Plan",
    "RULES", "Reason", "Run", "Runs", "Shown", "Stride", "TRIGGER", "apply", "ask_approval", "begin_journey", "begin_walk",
    "builder", "counts_of", "decide", "differences", "digest", "discard_draft", "drawn", "editing", "entered", "enters_from",
    "examples_of", "export", "failing", "foresee", "foresee_move", "form", "gallery", "go_on", "hands", "here", "keep_draft",
    "keep_shipped", "known", "line_of", "lint_text", "lint_texts", "loaded", "longest", "lots", "mark", "move", "names",
    "need_base", "on", "overview", "passage", "passages", "pause", "plan", "publish", "reasons", "recompile", "reference_pages", "renamed",
    "restore_version", "resume", "runs", "save_draft", "sending", "sends", "shipped", "skip_wait", "spoken_event",
    "spoken_moment", "spoken_outcome", "statements", "stop", "stop_walk", "strides", "strike", "strikes", "take", "take_out",
    "text_of", "tick", "under_way", "understood", "version_id", "waiting", "walk_of", "wish_of", "withdraw",
]  # fmt: skip
