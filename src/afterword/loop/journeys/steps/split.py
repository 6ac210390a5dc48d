"""Divide people by stored dice: a split into arms, and the holdout at the door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from afterword.kernel.doors import Late
from afterword.kernel.ids import DICE_FACES, edges, factors
from afterword.kernel.marks import gettext_noop

from .step import Decision, Step

ibis: Any = Late("ibis")


def arm(dice: Any, salt: str, arms: tuple[tuple[str, float], ...]) -> Any:
    """The arm into which the mixed dice fall, as a column."""
    m, a = factors(salt)
    mixed = (dice * m + a) % DICE_FACES
    ends = edges(tuple(share for _, share in arms))
    return ibis.cases(*[(mixed < end, ibis.literal(name)) for (name, _), end in zip(arms, ends, strict=True)], else_=arms[-1][0])


@dataclass(frozen=True)
class Split(Step):
    """Several arms by weight, drawn from the subject's dice, or the customer's with `by: customer`.

    Who gets which arm follows from `salt`: the journey's and the step's key, unless it is written. A rename in the builder writes it,
    so everybody keeps their arm.
    """

    arms: tuple[tuple[str, float], ...]
    salt: str
    by: Literal["subject", "customer"] = "subject"

    kind: ClassVar[str] = "split"
    icon: ClassVar[str] = "arrows-split"
    about: ClassVar[str] = gettext_noop("Sends people different ways by lot, to see which works better. Nobody's lot ever changes.")

    @property
    def outcomes(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.arms)

    def decide(self, row: Any) -> Decision:
        return Decision(row.entered_at, arm(row.customer_dice if self.by == "customer" else row.dice, self.salt, self.arms))

    def spoken(self) -> str:
        total = sum(share for _, share in self.arms)
        return ", ".join(f"{name} {share / total:.0%}" for name, share in self.arms)


@dataclass(frozen=True)
class Holdout(Step):
    """A share of customers who are left alone, so that the journey can tell what it earned. `salt` says which, as in a split."""

    share: float
    salt: str

    kind: ClassVar[str] = "holdout"
    icon: ClassVar[str] = "hand-palm"
    about: ClassVar[str] = gettext_noop("Leaves a share of people alone, so that you can tell what the journey earns.")

    @property
    def outcomes(self) -> tuple[str, ...]:
        return ("in", "held_out")

    def decide(self, row: Any) -> Decision:
        return Decision(row.entered_at, arm(row.customer_dice, self.salt, (("held_out", self.share), ("in", 1 - self.share))))

    def spoken(self) -> str:
        return f"{self.share:.0%} are left alone"
