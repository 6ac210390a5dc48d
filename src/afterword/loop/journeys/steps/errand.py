"""Have something done besides writing: a task, a tag, a call, or whatever other kinds are registered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from afterword.kernel.doors import Late

from .step import Decision, Step

ibis: Any = Late("ibis")


@dataclass(frozen=True)
class Errand(Step):
    """Make an intent of a registered kind and go on at once. Whoever carries it out tries again; it is of no use after a week."""

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    useful_for: int = 7 * 86400

    kind: ClassVar[str] = "errand"
    icon: ClassVar[str] = "check-circle"
    intent: ClassVar[str] = "errand"

    def decide(self, row: Any) -> Decision:
        return Decision(row.entered_at, ibis.literal("done"))

    def spoken(self) -> str:
        said = next((str(v) for k in ("title", "tag", "to") if (v := self.settings.get(k))), "")
        return f"{self.name.replace('_', ' ')} {said}".strip()
