"""The definition: a plain interpreter that walks one run at a time, one visit at a time. Slow, and easy to believe.

It shares with the product only what is written down: the document's reader and the parser of conditions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from afterword.kernel.ids import dice
from afterword.loop.conditions.types import Age, Agg, Among, Arith, Attr, Compare, Has, Lit, Logic, Node
from afterword.loop.journeys.rules.clocks import Strike
from afterword.loop.journeys.steps import Branch, Exit, Holdout, Send, Split, Step, Wait, WaitFor
from afterword.loop.journeys.types import Hears, Journey

PRIME = 2**31 - 1


@dataclass(frozen=True)
class Happened:
    """An event of a world."""

    id: UUID
    name: str
    known_at: datetime
    occurred_at: datetime
    customer: UUID
    order: UUID
    dice: int
    customer_dice: int
    imported: bool = False
    props: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Merge:
    """From this instant on the loser goes on as the survivor."""

    at: datetime
    loser: UUID
    survivor: UUID


@dataclass
class Universe:
    """All that happened, and what was known of orders and customers from when to when."""

    events: list[Happened]
    orders: dict[UUID, list[tuple[datetime, datetime, dict[str, Any]]]]
    customers: dict[UUID, list[tuple[datetime, datetime, dict[str, Any]]]]
    strikes: dict[tuple[str, str], list[Strike]]
    merges: list[Merge] = field(default_factory=list)
    pauses: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)  # of a journey: from when to when

    def hands(self, journey: str) -> list[tuple[str, datetime]]:
        """What was done to a journey."""
        return list(zip(("pause", "resume"), self.pauses.get(journey, ()), strict=False))

    def past(self, merge: Merge) -> list[tuple[Happened, UUID]]:
        """The events that a merge gives, and to whom."""
        return [(e, merge.survivor) for e in self.events if e.customer == merge.loser and e.known_at <= merge.at]


@dataclass(frozen=True)
class Visit:
    """One stay. `left` and `outcome` are None while it lasts."""

    run: UUID
    step: str
    entered: datetime
    left: datetime | None
    outcome: str | None


class Naive:
    """One journey in one universe, up to a horizon."""

    def __init__(self, journey: Journey, universe: Universe, horizon: datetime) -> None:
        self.journey, self.universe, self.horizon = journey, universe, horizon
        self.events = sorted((e for e in universe.events if e.known_at <= horizon), key=lambda e: e.known_at)

    def visits(self) -> set[Visit]:
        """Every visit of every run."""
        return {visit for start in self.entries() for visit in self.walk(start)}

    # who enters

    def entries(self) -> Iterator[Happened]:
        trigger, seen = self.journey.trigger, set()
        paused = self.universe.pauses.get(self.journey.key)
        for e in self.events:
            for merge in self.universe.merges:
                if merge.at < e.known_at and merge.loser in seen:
                    seen.add(merge.survivor)
            if e.name != trigger.event or e.imported or (paused and paused[0] < e.known_at <= paused[1]):
                continue
            if trigger.max_age is not None and e.known_at - e.occurred_at > timedelta(seconds=trigger.max_age):
                continue
            if trigger.where is not None and not self.true(trigger.where, e.known_at, e):
                continue
            subject = e.order if self.journey.subject == "order" else e.customer
            rule = trigger.reentry
            if rule.rule == "quiet":
                if any(
                    o.name == e.name and (o.order if self.journey.subject == "order" else o.customer) == subject
                    and e.known_at - timedelta(seconds=rule.quiet_for) <= o.known_at < e.known_at for o in self.events
                ):  # fmt: skip
                    continue
            elif rule.rule != "every":
                key = subject if rule.rule == "once" else e.customer
                if key in seen:
                    continue
                seen.add(key)
            yield e

    # one run

    def walk(self, start: Happened) -> Iterator[Visit]:
        yield Visit(start.id, "trigger", start.known_at, start.known_at, "entered")
        at, key, by_event = start.known_at, self.journey.first, True
        while key:
            left, outcome, by_event, start = self.leave(start, key, at, by_event)
            if left is None or left > self.horizon:
                yield Visit(start.id, key, at, None, None)
                return
            yield Visit(start.id, key, at, left, outcome)
            key, at = self.journey.edges.get(key, {}).get(outcome, ""), left

    def leave(self, start: Happened, key: str, at: datetime, by_event: bool) -> tuple[datetime | None, str, bool, Happened]:
        step = self.journey.steps[key]
        if isinstance(step, WaitFor | Wait):
            return self.last(start, step, at, by_event)
        return at, self.at_once(start, step, at), by_event, start

    def at_once(self, start: Happened, step: Step, at: datetime) -> str:
        match step:
            case Send():
                return "done"
            case Exit():
                return "ended"
            case Branch():
                found = next((name for name, node, _ in step.cases if self.true(node, at, start)), "otherwise")
                return found
            case Split():
                customer = step.by == "customer" or self.journey.subject == "customer"
                return draw(start.customer_dice if customer else start.dice, step.salt, step.arms)
            case Holdout():
                return draw(start.customer_dice, step.salt, (("held_out", step.share), ("in", 1 - step.share)))
        raise AssertionError(step)

    def last(self, start: Happened, step: Wait | WaitFor, at: datetime, by_event: bool) -> tuple[datetime | None, str, bool, Happened]:
        """A stay that takes time. If its customer becomes another meanwhile, it goes on as theirs, and ends then at the earliest."""
        free = at
        pauses = [self.universe.pauses[self.journey.key]] if self.journey.key in self.universe.pauses else []
        cuts: list[tuple[datetime, Any]] = [(m.at, m) for m in self.universe.merges] + [(p, r) for p, r in pauses]
        for cut, what in sorted(cuts, key=lambda c: c[0]):
            if not at <= cut <= self.horizon or (isinstance(what, Merge) and what.loser != start.customer):
                continue
            if self.stay(start, step, at, by_event, free)[0] <= cut:
                break
            if isinstance(what, Merge):
                start, what = replace(start, customer=what.survivor, customer_dice=dice(what.survivor)), cut
            free = max(free, what)
        left, outcome = self.stay(start, step, at, by_event, free)
        return left, outcome, by_event if left == at else outcome == "happened", start

    def stay(self, start: Happened, step: Wait | WaitFor, at: datetime, by_event: bool, free: datetime) -> tuple[datetime, str]:
        """When a stay ends, at `free` at the earliest, and how."""
        due, outcome = self.by_itself(start, step, at)
        left = until = max(due, free)
        if isinstance(step, WaitFor):
            heard = [e.known_at for e in self.events if at < e.known_at <= until and any(self.concerns(start, h, e) for h in step.events)]
            opens = at - timedelta(seconds=step.back)
            if step.back and any(
                (opens <= e.known_at < at or (e.known_at == at and not by_event)) and any(self.concerns(start, h, e) for h in step.events)
                for e in self.events
            ):
                heard = [at]
            if heard:
                left, outcome = max(heard[0], free), "happened"
        for e in self.events:
            if at < e.known_at <= until and max(e.known_at, free) <= left and any(self.concerns(start, h, e) for h in self.exits()):
                return max(e.known_at, free), "exited"
        return left, outcome

    def exits(self) -> list[Hears]:
        drops = [
            Hears("message.dropped", Compare("==", Attr("event", "step", "text"), Lit(key, "text")))
            for key, step in self.journey.steps.items() if isinstance(step, Send) and step.on_drop == "end"
        ]  # fmt: skip
        return [*self.journey.exit_on, *drops]

    def by_itself(self, start: Happened, step: Wait | WaitFor, at: datetime) -> tuple[datetime, str]:
        if isinstance(step, WaitFor):
            return max(at, self.up(start, step, at)), "timed_out"
        base, outcome = at + timedelta(seconds=step.for_), "done"
        if step.until:
            limit = at + timedelta(seconds=step.limit)
            reached = self.reached(start, step, at)
            base, outcome = (reached, "done") if reached is not None and reached <= limit else (limit, "timed_out")
        if step.clock:
            zone = (self.as_of(self.universe.customers, start.customer, at) or {}).get("zone") or self.journey.default_zone
            base = next(s.at for s in self.universe.strikes[zone, step.clock] if base <= s.asked_until)
        return base, outcome

    def up(self, start: Happened, step: WaitFor, at: datetime) -> datetime:
        """When a limit is over: counted from arrival, or from the sending of the run's own message."""
        within = timedelta(seconds=step.within)
        if not step.sent:
            return at + within
        latest = at + timedelta(seconds=step.patience) + within
        for e in self.events:
            if e.name in ("message.sent", "message.dropped", "message.failed") and self.own(start, e) and e.props["step"] == step.sent:
                due = e.known_at + within if e.name == "message.sent" else e.known_at
                return due if e.known_at <= latest else latest
        return latest

    def theirs(self, e: Happened, customer: UUID, moment: datetime) -> bool:
        """Whether an event counts as this customer's: their own, or from a merge on that of whoever became them."""
        return e.customer == customer or any(
            m.loser == e.customer and m.survivor == customer and e.known_at <= m.at <= moment for m in self.universe.merges
        )

    def own(self, start: Happened, e: Happened) -> bool:
        return bool(e.props["run"] == str(start.id) and e.props["journey"] == self.journey.key)

    def reached(self, start: Happened, step: Wait, at: datetime) -> datetime | None:
        """The first t from `at` on at which the date, as known at t, plus its offset has passed."""
        assert step.until is not None
        offset = timedelta(seconds=step.until.offset)
        if step.until.owner == "event":
            wish = start.props.get(step.until.attribute)
            return max(at, wish + offset) if wish is not None else None
        for known_from, known_to, values in self.universe.orders.get(start.order, []):
            date = values[step.until.attribute]
            if known_from > self.horizon or known_to <= at or date is None:
                continue
            assert isinstance(date, datetime)
            t = max(at, known_from, date + timedelta(seconds=step.until.offset))
            if t < known_to or known_to > self.horizon:
                return t
        return None

    def concerns(self, start: Happened, h: Hears, e: Happened) -> bool:
        if e.name != h.event or e.customer != start.customer:
            return False
        if e.name.startswith("message."):
            if not self.own(start, e):
                return False
        elif (
            h.same == "order" or (not h.same and self.journey.subject == "order" and e.name.startswith("order."))
        ) and e.order != start.order:
            return False
        return h.where is None or bool(self.truth(h.where, e.known_at, e))

    # conditions

    def true(self, node: Node, moment: datetime, start: Happened) -> bool:
        return bool(self.truth(node, moment, start))

    def truth(self, node: Node, moment: datetime, start: Happened) -> bool:
        def value(n: Node) -> Any:
            return self.value(n, moment, start)

        match node:
            case Logic(op="not"):
                return not self.truth(node.of[0], moment, start)
            case Logic():
                each = (self.truth(n, moment, start) for n in node.of)
                return all(each) if node.op == "and" else any(each)
            case Among():
                return value(node.of) is not None and value(node.of) in [value(v) for v in node.values]
            case Has():
                return value(node.of) is not None
            case Compare():
                left, right = value(node.left), value(node.right)
                if left is None or right is None:
                    return False
                relations: dict[str, bool] = {
                    "<": left < right,
                    "<=": left <= right,
                    ">": left > right,
                    ">=": left >= right,
                    "==": left == right,
                    "!=": left != right,
                }
                return relations[node.op]
            case _:
                return bool(value(node))

    def value(self, node: Node, moment: datetime, start: Happened) -> Any:
        match node:
            case Lit():
                return round(node.value * 100) if node.type == "money" else node.value
            case Age():
                of = self.value(node.of, moment, start)
                return None if of is None else (moment - of).total_seconds()
            case Attr(owner="event"):
                return start.props.get(node.name)
            case Attr():
                known = self.as_of(
                    self.universe.customers if node.owner == "customer" else self.universe.orders,
                    start.customer if node.owner == "customer" else start.order,
                    moment,
                )
                return (known or {}).get("total_base_minor" if node.name == "total" else node.name)
            case Agg():
                return self.fold(node, moment, start)
            case Arith():
                left, right = self.value(node.left, moment, start), self.value(node.right, moment, start)
                if left is None or right is None or (node.op == "/" and right == 0):
                    return None
                return {"+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right, "/": lambda: left / right}[
                    node.op
                ]()
            case _:
                return self.truth(node, moment, start)

    def fold(self, f: Agg, moment: datetime, start: Happened) -> Any:
        told = [
            e for e in self.events
            if e.name == f.event and self.theirs(e, start.customer, moment) and e.known_at <= moment
            and (f.last is None or e.occurred_at > moment - timedelta(seconds=f.last))
            and (f.same != "order" or e.order == start.order)
            and (f.where is None or self.truth(f.where, moment, e))
        ]  # fmt: skip
        if f.fn in ("count", "ever"):
            return len(told) if f.fn == "count" else bool(told)
        values: list[Any] = [v for e in told if (v := e.occurred_at if f.prop == "occurred_at" else e.props.get(f.prop)) is not None]
        if f.fn == "sum":
            return sum(values)
        if not values:
            return None
        each = (
            {"avg": sum(values) / len(values)}
            if f.fn == "avg"
            else {"min": min(values), "max": max(values), "last": values[-1], "first": values[0]}
        )
        return each[f.fn]

    @staticmethod
    def as_of(history: dict[UUID, list[tuple[datetime, datetime, dict[str, Any]]]], key: UUID, moment: datetime) -> dict[str, Any] | None:
        return next((values for low, high, values in history.get(key, []) if low <= moment < high), None)


def draw(dice: int, salt: str, arms: tuple[tuple[str, float], ...]) -> str:
    """The arm that these dice fall into."""
    digest = sha256(salt.encode()).digest()
    mixed = (dice * (int.from_bytes(digest[:8], "big") % (PRIME - 1) + 1) + int.from_bytes(digest[8:16], "big") % PRIME) % PRIME
    total, run = sum(share for _, share in arms), 0.0
    for name, share in arms:
        run += share
        if mixed < round(run / total * PRIME):
            return name
    return arms[-1][0]
