"""The composer: from a step's declarations to one table expression. It alone joins, and it alone owns the columns of time.

A pass is one table. Each step reads from it the visits that have arrived (or that stand there and must be looked at) and
adds what became of them. Because every edge points forward, one reading in the order of the steps moves each visit as
far as the horizon allows; because the next visit's `entered_at` is this one's `left_at`, it does not matter in how many
passes that happens.

`free_at` is when a visit may end at the earliest: null where that is its arrival, later where somebody laid hands on the run
in between (it was moved, resumed, or its customer became another).
"""

from __future__ import annotations

from typing import Any

import ibis

from afterword.kernel.purity import check
from afterword.kernel.shapes import wide_name
from afterword.loop.conditions.door import World, ask, clocks, customers, is_told, of_event, orders, since, told_of, truth, until
from afterword.loop.conditions.types import INSTANT, Agg, Attr, Compare, Lit, Logic, Node, walk

from ..steps import NEVER_SENT, SENT, Send, Step, later
from ..types import ENTERED, EXITED, TRIGGER, Hears, Journey

RUN = {
    "run": "uuid", "leg": "int32", "subject_id": "uuid", "order_id": "uuid", "shipment_id": "uuid", "customer_id": "uuid",
    "store": "string", "dice": "int64", "customer_dice": "int64",
}  # fmt: skip
STAY = {
    "step": "string", "entered_at": INSTANT, "due_at": INSTANT, "free_at": INSTANT, "by_event": "boolean", "stored": "boolean",
    "left_at": INSTANT, "outcome": "string", "next_step": "string", "next_by_event": "boolean",
}  # fmt: skip
PASS = {**RUN, **STAY}
STANDING = {"journey": "string", "run": "uuid", "subject_id": "uuid", "customer_id": "uuid"}
COLUMNS = tuple(PASS)


def passing() -> Any:
    """The table of this pass."""
    return ibis.table(PASS, name="pass")


def compose(journey: Journey, world: World) -> dict[str, Any]:
    """The expression of each step, by key and in order, the trigger first; each is pure, and its rows are rows of the pass."""
    steps = {TRIGGER: entering(journey, world)}
    for key, step in journey.steps.items():
        steps[key] = departing(journey, key, step, world)
    return {key: check(expr) for key, expr in steps.items()}


# The trigger ------------------------------------------------------------------------------------------------------------


def entering(journey: Journey, world: World) -> Any:
    """New runs: the trigger's events that became known in `(since, until]`, true to its condition, young enough, and let in."""
    trigger = journey.trigger
    events = world.events(trigger.event)
    own, rest = _own_conjuncts(trigger.where)
    events = events.filter(events.known_at > since(), events.known_at <= until(), events[f"{journey.subject}_id"].notnull())
    # An import of history starts nothing; a replay does.
    events = events.filter(~events.imported)
    if trigger.max_age is not None:
        events = events.filter(later(events.occurred_at, trigger.max_age) >= events.known_at)
    for part in own:
        events = events.filter(truth(part, of_event(events), events.known_at))
    rows = events.select(**_new_run(journey, events))
    if rest is not None:
        asked = ask(rows, {"asked": rest}, world, moment="entered_at", each=("run", "leg"), event=trigger.event)
        rows = asked.filter(asked.asked).drop("asked")
    rows = _let_in(journey, rows, world)
    return rows.mutate(**_left(journey, TRIGGER, rows.entered_at, ibis.literal(ENTERED), by_event=ibis.literal(True))).select(*COLUMNS)


def _new_run(journey: Journey, events: Any) -> dict[str, Any]:
    return {
        "run": events.id,
        "leg": ibis.literal(0, "int32"),
        "subject_id": events[f"{journey.subject}_id"],
        **{c: events[c] for c in ("order_id", "shipment_id", "customer_id", "store", "customer_dice")},
        "dice": events.customer_dice if journey.subject == "customer" else events.dice,
        "entered_at": events.known_at,
        "due_at": events.known_at,
        "free_at": ibis.null(INSTANT),
        "by_event": ibis.literal(True),
        "stored": ibis.literal(False),
    }


def _own_conjuncts(where: Node | None) -> tuple[list[Node], Node | None]:
    """Split a condition at its top `and`s into parts about the event itself (a plain filter) and the rest (to be asked)."""
    parts = list(where.of) if isinstance(where, Logic) and where.op == "and" else [where] if where is not None else []
    own = [p for p in parts if _is_own(p)]
    rest = [p for p in parts if not _is_own(p)]
    return own, (Logic("and", tuple(rest)) if len(rest) > 1 else rest[0] if rest else None)


def _is_own(node: Node) -> bool:
    return all(not isinstance(n, Attr) or n.owner == "event" for n in walk(node)) and not any(isinstance(n, Agg) for n in walk(node))


def _let_in(journey: Journey, rows: Any, world: World) -> Any:
    rule = journey.trigger.reentry.rule
    if rule == "every":
        return rows
    if rule == "quiet":
        return _quiet(journey, rows, world)
    key = "subject_id" if rule == "once" else "customer_id"
    entered = ibis.table(STANDING, name="standing")
    before = entered.filter(entered.journey == journey.key)
    rows = rows.anti_join(before, rows[key] == before[key])
    place = ibis.row_number().over(ibis.window(group_by=rows[key], order_by=[rows.entered_at, rows.run]))
    rows = rows.mutate(place=place)
    return rows.filter(rows.place == 0).drop("place")


def _quiet(journey: Journey, rows: Any, world: World) -> Any:
    """Only those for whose subject the trigger's event was not known within the quiet time before: a question to the log."""
    trigger = journey.trigger
    other = world.events(trigger.event).view()
    near = [
        rows.subject_id == other[f"{journey.subject}_id"],
        other.known_at < rows.entered_at,
        other.known_at >= rows.entered_at - ibis.interval(seconds=trigger.reentry.quiet_for),
    ]
    return rows.anti_join(other, near)


# Every other step -------------------------------------------------------------------------------------------------------


def departing(journey: Journey, key: str, step: Step, world: World) -> Any:
    """What becomes of the visits at one step: they end with an outcome, or stay with the time at which to look again."""
    arrived = passing()
    arrived = arrived.filter(arrived.next_step == key)
    rows = arrived.select(
        *RUN,
        entered_at=arrived.left_at,
        due_at=arrived.due_at,
        free_at=ibis.greatest(arrived.left_at, ibis.coalesce(arrived.free_at, arrived.left_at)),
        by_event=arrived.next_by_event,
        stored=arrived.stored,
    )
    if step.lasting:
        return _lasting(journey, key, step, rows, world)
    rows = rows.mutate(due_at=rows.entered_at)
    asked = ask(rows, step.asks, world, moment="free_at", each=("run", "leg"), event=journey.trigger.event) if step.asks else rows
    decision = step.decide(asked)
    return asked.mutate(**_left(journey, key, asked.free_at, decision.outcome, by_event=asked.by_event)).select(*COLUMNS)


def _lasting(journey: Journey, key: str, step: Step, rows: Any, world: World) -> Any:
    rows = _timed(journey, step, rows, world)
    exits = (*journey.exit_on, *_drops(journey))
    listeners = (*step.listens, *exits)
    heard = _heard(journey, step, rows, listeners, world) if listeners else rows
    decision = step.decide(heard)
    at, outcome = ibis.ifelse(decision.at < heard.free_at, heard.free_at, decision.at), decision.outcome
    if exits:
        ended = [heard[f"heard_{i}"] for i in range(len(step.listens), len(listeners))]
        exit_at = ibis.least(*ended) if len(ended) > 1 else ended[0]
        exit_at = ibis.ifelse(exit_at < heard.free_at, heard.free_at, exit_at)
        wins = (exit_at <= ibis.coalesce(at, exit_at)).fill_null(False)
        at, outcome = ibis.ifelse(wins, exit_at, at), ibis.ifelse(wins, EXITED, outcome)
    # Whoever leaves at the instant of arrival was still brought here by the same event, if by any.
    by_event = ibis.ifelse(at == heard.entered_at, heard.by_event, outcome == "happened")
    over = (at <= until()).fill_null(False)
    at, outcome = ibis.ifelse(over, at, ibis.null(INSTANT)), ibis.ifelse(over, outcome, ibis.null("string"))
    return heard.mutate(**_left(journey, key, at, outcome, by_event=by_event.fill_null(False))).select(*COLUMNS)


def _drops(journey: Journey) -> tuple[Hears, ...]:
    """`on_drop: end`: the guard's word that this run's message is dropped ends the run."""
    return tuple(
        Hears("message.dropped", Compare("==", Attr("event", "step", "text"), Lit(key, "text")))
        for key, step in journey.steps.items()
        if isinstance(step, Send) and step.on_drop == "end"
    )


def _timed(journey: Journey, step: Step, rows: Any, world: World) -> Any:
    """`due_at`: when the step is over by itself, as far as is known at the horizon."""
    if step.anchor:
        rows = _anchored(journey, step, rows, world)
    if step.sent_by:
        rows = _gone(journey, step, rows, world)
    rows = rows.mutate(due_at=step.base(rows))
    if not step.clock:
        return rows
    known = customers().view()
    zoned = rows.left_join(
        known, [rows.customer_id == known.customer_id, known.known_from <= rows.entered_at, rows.entered_at < known.known_to]
    ).select(*[rows[c] for c in rows.columns], zone=ibis.coalesce(known.zone, journey.default_zone))
    zoned = zoned.view()
    clock = clocks().filter(clocks().clock == step.clock)
    ticking = zoned.left_join(clock, [zoned.zone == clock.zone, clock.after < zoned.due_at, zoned.due_at <= clock.asked_until])
    return ticking.select(*[zoned[c] for c in zoned.columns if c not in ("due_at", "zone")], due_at=clock.strikes_at).view()


def _anchored(journey: Journey, step: Step, rows: Any, world: World) -> Any:
    """The first moment t from arrival on at which the date as known at t, plus its offset, has passed; null if unknown yet."""
    anchor = step.anchor
    assert anchor is not None
    if anchor.owner == "event":
        began = world.events(journey.trigger.event).view()
        date = _offset(began[anchor.attribute], anchor.offset)
        dated = rows.left_join(began, rows.run == began.id).select(*[rows[c] for c in rows.columns], anchored_at=date).view()
        return dated.mutate(anchored_at=ibis.ifelse(dated.anchored_at < dated.entered_at, dated.entered_at, dated.anchored_at))
    history = orders().view()
    date = _offset(history[anchor.attribute], anchor.offset)
    seen = rows.left_join(
        history, [rows.order_id == history.order_id, history.known_from <= until(), history.known_to > rows.entered_at]
    ).select(
        *[rows[c] for c in rows.columns],
        first=ibis.greatest(rows.entered_at, history.known_from, date),
        date=date,
        known_to=history.known_to,
    )
    holds = seen.date.notnull() & ((seen.first < seen.known_to) | (seen.known_to > until()))
    return seen.group_by([seen[c] for c in rows.columns]).aggregate(anchored_at=seen.first.min(where=holds))


def _offset(instant: Any, seconds: int) -> Any:
    return later(instant, seconds) if seconds >= 0 else instant - ibis.interval(seconds=-seconds)


def _gone(journey: Journey, step: Step, rows: Any, world: World) -> Any:
    """When it became known what became of this run's message of a sending step (`told_at`), and whether it `went`."""
    mine = Compare("==", Attr("event", "step", "text"), Lit(step.sent_by, "text"))
    names = (SENT, *NEVER_SENT)
    told = told_of([(n, mine, p) for n in names for p in ("run", "journey")], world.recalled)
    joined = rows.left_join(told, [rows.customer_id == told.customer_id, told.seen_from <= until(), told.forgotten_at > until()])

    own = [is_told(told, n, mine) & _own_message(journey, n, told, rows) for n in names]
    any_word = own[0] | own[1] | own[2]
    spoken = joined.group_by([rows[c] for c in rows.columns]).aggregate(
        told_at=told.known_at.min(where=any_word), sent_at=told.known_at.min(where=own[0])
    )
    return spoken.mutate(went=(spoken.sent_at == spoken.told_at).fill_null(False)).drop("sent_at")


def _heard(journey: Journey, step: Step, rows: Any, listeners: tuple[Hears, ...], world: World) -> Any:
    """One join for all that is heard, one column a listener: the first instant at which it became known."""
    wanted = [(h.event, h.where, "") for h in listeners] + [(h.event, None, p) for h in listeners for p in _own_run(h)]
    told = told_of(wanted, world.any if step.look_back else world.lately)
    opens = rows.entered_at - ibis.interval(seconds=step.look_back) if step.look_back else rows.entered_at
    after = told.known_at >= opens if step.look_back else told.known_at > opens
    joined = rows.inner_join(
        told, [rows.customer_id == told.customer_id, after, told.known_at <= ibis.least(ibis.greatest(rows.due_at, rows.free_at), until())]
    )
    columns = {}
    for tag, h in enumerate(listeners):
        mine = is_told(told, h.event, h.where) & _concerns(journey, h, told, rows, world)
        first = told.known_at.min(where=mine & (told.known_at > rows.entered_at))
        if step.look_back and tag < len(step.listens):
            before = (told.known_at < rows.entered_at) | ((told.known_at == rows.entered_at) & ~rows.by_event)
            looked = told.known_at.max(where=mine & before)
            first = ibis.ifelse(looked.notnull(), rows.entered_at.max(), first)
        columns[f"heard_{tag}"] = first
    # Few of those who stand somewhere hear anything: only they are grouped. Full, as where conditions are asked, and for the same reason.
    found = joined.group_by([rows.run, rows.leg]).aggregate(**columns)
    return rows.outer_join(found, [rows.run == found.run, rows.leg == found.leg]).select(*[rows[c] for c in rows.columns], *columns)


def _own_run(h: Hears) -> tuple[str, ...]:
    """What tells a run's own messages from others."""
    return ("run", "journey") if h.event.startswith("message.") and not h.same else ()


def _concerns(journey: Journey, h: Hears, told: Any, rows: Any, world: World) -> Any:
    """Whether the event concerns the run: the run's own messages, its own subject, else the customer (who is joined anyway)."""
    if h.same:
        return told[f"{h.same}_id"] == rows[f"{h.same}_id"]
    if _own_run(h):
        return _own_message(journey, h.event, told, rows)
    about = world.vocabulary.definition(h.event).subject
    if journey.subject == "shipment" and about == "shipment":
        return told.shipment_id == rows.shipment_id
    if journey.subject != "customer" and about in ("order", "shipment"):
        return told.order_id == rows.order_id
    return told.customer_id == rows.customer_id


def _own_message(journey: Journey, event: str, told: Any, rows: Any) -> Any:
    """Whether an event is about a message of this very run."""
    run, key = (told[wide_name(event, p)] for p in ("run", "journey"))
    return (run == rows.run) & (key == journey.key)


# What both have in common -----------------------------------------------------------------------------------------------


def _left(journey: Journey, key: str, at: Any, outcome: Any, *, by_event: Any) -> dict[str, Any]:
    """The columns of a departure. An outcome without an edge ends the run."""
    to = {TRIGGER: {ENTERED: journey.first}}.get(key, journey.edges.get(key, {}))
    ways = [(outcome == name, ibis.literal(target)) for name, target in to.items()]
    following = ibis.cases(*ways, else_=ibis.null("string")) if ways else ibis.null("string")
    return {"step": ibis.literal(key), "left_at": at, "outcome": outcome, "next_step": following, "next_by_event": by_event}
