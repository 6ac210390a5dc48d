"""What other rooms may ask of segments. `texts` is what `in_segment("…")` stands for in a condition of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afterword.kernel.doors import lazily

from .actions.asking import turn
from .actions.fill import counted, differing
from .actions.follow import follow
from .actions.reread import reread
from .queries.listing import day_of, known, live_revision, named_by, names, overview, sizes
from .queries.people import EXPORTED, exported, members_at, overlap, people, sample, segments_of, size, why
from .queries.texts import numbers, texts
from .rules.condition import key_from, understood
from .rules.reference import reference_page
from .rules.shipped import SHIPPED
from .types import BadSegment, Busy, Counted, Known, Line, NoSuchSegment, Person, TooHeavy, Why

if TYPE_CHECKING:
    from .actions.compile import compiled
    from .actions.keep import archive_segment, keep_shipped, restore_segment, save_segment
else:
    KEEP = dict.fromkeys(("archive_segment", "keep_shipped", "restore_segment", "save_segment"), "actions.keep")
    __getattr__ = lazily(__package__, {**KEEP, "compiled": "actions.compile"})

__all__ = [
    "archive_segment", "BadSegment", "Busy", "compiled", "counted", "Counted", "day_of", "differing", "EXPORTED", "exported", "follow",
    "keep_shipped", "key_from", "known", "Known", "Line", "live_revision", "members_at", "named_by", "names", "NoSuchSegment",
    "numbers", "overlap", "overview", "people", "Person", "reference_page", "reread", "restore_segment", "sample", "save_segment",
    "segments_of", "SHIPPED", "size", "sizes", "texts", "TooHeavy", "turn", "understood", "Why", "why",
]  # fmt: skip
