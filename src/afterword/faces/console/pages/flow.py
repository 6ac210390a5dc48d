"""A journey's drawing laid out as nested lists: boxes one under another, forks as rows of arms that may meet again.

Only a step that leads to several others forks. One that goes on in one way only stays a single box, and says how many left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from afterword.loop.journeys import door as journeys

Counts = Mapping[str, Mapping[str, int]]


@dataclass
class Box:
    """A step with what is counted there: `figures` are (number, word), `here` how many stand there now, `over` outcomes that end."""

    step: journeys.Drawn
    figures: list[tuple[int, str]]
    here: int
    arms: list[Arm] = field(default_factory=list)
    joins: bool = False
    over: tuple[str, ...] = ()
    what: str = "box"

    @property
    def onward(self) -> str:
        """The outcomes by which one goes on, as the builder sends them."""
        return ",".join(o for o in self.step.ways if o not in self.over)


@dataclass
class End:
    """An end, with its reason where one is given."""

    words: str
    what: str = "end"
    key: str = ""


@dataclass
class Goto:
    """The way goes on at a step that stands elsewhere."""

    step: journeys.Drawn
    what: str = "goto"


Item = Box | End | Goto


@dataclass
class Arm:
    """One way out of a fork: its outcomes in words, how many took it, what follows."""

    label: str
    count: int
    items: list[Item]
    outcomes: str = ""

    @property
    def width(self) -> int:
        """Over how many columns it spreads: as many as it has ends, at most four."""
        return min(4, _ends(self.items))

    @property
    def open(self) -> bool:
        """Whether it meets the others again."""
        return not self.items or (isinstance(self.items[-1], Box) and (not self.items[-1].arms or self.items[-1].joins))


def _ends(items: list[Item]) -> int:
    return max((sum(arm.width for arm in item.arms) for item in items if isinstance(item, Box) and item.arms), default=1)


def laid_out(
    drawing: journeys.Drawing, counts: Counts, sent: Mapping[str, Mapping[str, int]], *, counted: bool = True,
    here: Mapping[str, int] | None = None,
) -> list[Item]:  # fmt: skip
    """The whole flow. `counts` is step → outcome → how many; `sent` is step → sent, waiting, not_sent, failed → how many.

    With `here` (how many stand at each step) it is laid out for building: every outcome is a way of its own.
    """
    return _Layout(drawing, counts, sent, counted, here).sequence(journeys.TRIGGER, None)


class _Layout:
    def __init__(
        self, drawing: journeys.Drawing, counts: Counts, sent: Mapping[str, Mapping[str, int]], counted: bool,
        here: Mapping[str, int] | None,
    ) -> None:  # fmt: skip
        self.drawing, self.counts, self.sent, self.counted, self.building = drawing, counts, sent, counted, here is not None
        self.here: Mapping[str, int] = here if here is not None else journeys.here(drawing, counts) if counted else {}
        self.order = {key: place for place, key in enumerate(drawing.steps)}
        self.placed: set[str] = set()

    def sequence(self, key: str | None, until: str | None) -> list[Item]:
        """Boxes from a step on, down to (and without) the step where the arms meet."""
        items: list[Item] = []
        while key is not None and key != until:
            step = self.drawing.steps[key]
            if key in self.placed:
                return [*items, Goto(step)]
            self.placed.add(key)
            if step.kind == "exit":
                return [*items, End(step.name if step.name.lower() != "ends" else _("Ends"), key=step.key)]
            box = Box(step, self.figures(step), self.here.get(key, 0))
            items.append(box)
            if self.forks(step):
                key = self.fork(box, until)
            elif step.follows:
                box.over = tuple(o for o, t in step.ways.items() if t is None)
                key = step.follows[0]
            else:
                return [*items, End(_("Ends"))]
        return items

    def forks(self, step: journeys.Drawn) -> bool:
        """Whether its ways are drawn beside one another."""
        going = sum(target is not None for target in step.ways.values())
        return len(step.follows) > 1 or (self.building and len(step.ways) > 1 and going != 1)

    def ways(self, step: journeys.Drawn) -> list[tuple[list[str], str | None]]:
        """The arms of a fork: outcomes that lead to the same step are one, except where one builds."""
        if self.building:
            return [([outcome], target) for outcome, target in step.ways.items()]
        ways: list[tuple[list[str], str | None]] = [([o for o, t in step.ways.items() if t == target], target) for target in step.follows]
        over = [outcome for outcome, target in step.ways.items() if target is None]
        return [*ways, (over, None)] if over else ways

    def fork(self, box: Box, until: str | None) -> str | None:
        """Fill in the arms of a fork; the step at which they meet, if they do."""
        ways = self.ways(box.step)
        reached = [self.reached(target) for _outcomes, target in ways if target is not None]
        shared = [key for key in self.order if sum(key in one for one in reached) > 1]
        meeting = shared[0] if shared else None
        for outcomes, target in ways:
            items: list[Item] = [End(_("Ends"))] if target is None else self.sequence(target, meeting or until)
            box.arms.append(self.arm(box.step, outcomes, items))
        box.joins = meeting is not None
        return meeting

    def arm(self, step: journeys.Drawn, outcomes: list[str], items: list[Item]) -> Arm:
        words = ", ".join(journeys.spoken_outcome(outcome) for outcome in outcomes)
        return Arm(words, sum(self.counts.get(step.key, {}).get(outcome, 0) for outcome in outcomes), items, ",".join(outcomes))

    def reached(self, key: str) -> set[str]:
        """The steps that lie on the ways from here, itself included."""
        found: set[str] = set()
        ahead = [key]
        while ahead:
            one = ahead.pop()
            if one not in found:
                found.add(one)
                ahead += self.drawing.steps[one].follows
        return found

    def figures(self, step: journeys.Drawn) -> list[tuple[int, str]]:
        """What a box says in numbers."""
        if not self.counted:
            return []
        left = self.counts.get(step.key, {})
        if step.kind == journeys.TRIGGER:
            return [(sum(left.values()), _("entered"))]
        found = self.of_sending(step) if step.kind == "send" else []
        if len(step.follows) < 2 and len(step.ways) > 1:
            found = [
                (left.get(outcome, 0), journeys.spoken_outcome(outcome))
                for outcome, target in step.ways.items()
                if left.get(outcome) or target is not None
            ]
        if left.get("exited"):
            found.append((left["exited"], _("left early")))
        return found

    def of_sending(self, step: journeys.Drawn) -> list[tuple[int, str]]:
        became = self.sent.get(step.key, {})
        found = [(became.get("sent", 0), _("sent"))]
        for word, said in (("waiting", _("waiting")), ("not_sent", _("not sent")), ("failed", _("failed"))):
            if became.get(word):
                found.append((became[word], said))
        return found


def left_early(drawing: journeys.Drawing, counts: Counts) -> int:
    """How many runs ended because of something the journey ends on."""
    return sum(counts.get(key, {}).get("exited", 0) for key in drawing.steps)


def standing_words(count: int) -> str:
    """How many are under way, in words."""
    return ngettext("%(n)s is under way", "%(n)s are under way", count) % {"n": f"{count:,}"}
