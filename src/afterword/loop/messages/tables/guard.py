"""The guard: the one function that says of every intent, at a moment, whether it may go out, and why not.

    verdict(intents, world, moment) -> go | hold(until) | drop

One row in, one row out, with the first reason that held it, and the channel it goes by: of several that were asked for the one that
the customer prefers, else the first, among those that are open to it. It is a table expression like any step, so live sending,
preview and backtest ask the same question. In this order: state, consent and suppression, age, the customer's
own pause, days of rest, quiet hours, caps, arbitration. Transactional messages pass all from the pause on, never state.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

import ibis

from afterword.kernel.purity import check
from afterword.kernel.shapes import Vocabulary
from afterword.loop.conditions.door import Scope, World, ask, clocks, customers, parse
from afterword.loop.conditions.types import INSTANT, Node

from ..rules.clocks import MIDNIGHT, MONDAY
from ..rules.law import QUIET, REST, REST_CLOCKS, WINDOWS
from ..types import CONSENT, CONSENTED_CHANNELS, INTENT, JUDGING_WAY, OPEN_CHANNELS, REACH, RULES, SUPPRESSED, WENT, WORTH, StateGuard

DAY = 86_400
OWN_PURPOSES = ("pause", "quiet", "often", "preferred")  # what a person says of all messages, beside what they allow
DAY_OF_REST = "a day of rest there"


def judging() -> Any:
    """The intents to be judged, each at its own moment."""
    return ibis.table(INTENT, name="judging")


def verdicts(states: Sequence[StateGuard], vocabulary: Vocabulary) -> Any:
    """The verdict on every row of `judging`, with what it rests on: see `_settled` for the columns."""
    rows = _state(judging(), states, vocabulary)
    rows = _chosen(_consented(_reached(rows)))
    rows = _timed(rows)
    rows = _worth(_counted(rows))
    return check(_decided(rows, states))


# State ------------------------------------------------------------------------------------------------------------------


def conditions(states: Sequence[StateGuard], vocabulary: Vocabulary) -> dict[str, Node]:
    """Each state guard's condition, read."""
    bought = {f"state_bought_{days}": parse(f'count(order.placed, last="{days}d") >= 1', Scope(vocabulary)) for days in WINDOWS}
    return {f"state_{s.name}": parse(s.when, Scope(vocabulary)) for s in states} | bought


def _state(rows: Any, states: Sequence[StateGuard], vocabulary: Vocabulary) -> Any:
    return ask(rows, conditions(states, vocabulary), World(vocabulary), moment="moment", each=("id",))


def _concerns(state: StateGuard, rows: Any) -> Any:
    wanted = rows.message.isin(state.only) if state.only else ~rows.message.isin(state.never) if state.never else ibis.literal(True)
    return rows[f"state_{state.name}"] & wanted


# Channels --------------------------------------------------------------------------------------------------------------


def _reached(rows: Any) -> Any:
    """A row for each channel that was asked for, with its rank, and whether it reaches the customer at the moment."""
    ways, reach = ibis.table(JUDGING_WAY, name="judging_way"), ibis.table(REACH, name="channel_reach")
    kept = [rows[c] for c in rows.columns if c != "channel"]
    asked = rows.left_join(ways, [rows.id == ways.id]).select(
        *kept, channel=ibis.coalesce(ways.channel, rows.channel), rank=ibis.coalesce(ways["rank"], 0)
    ).view()  # fmt: skip
    found = asked.left_join(
        reach,
        [
            asked.customer_id == reach.customer_id,
            asked.channel == reach.channel,
            reach.known_from <= asked.moment,
            asked.moment < reach.known_to,
        ],
    )
    found = found.group_by([asked[c] for c in asked.columns]).aggregate(reached=reach.known_from.max())
    return found.mutate(unreached=found.reached.isnull() & ~found.channel.isin(OPEN_CHANNELS)).drop("reached").view()


def _granted(rows: Any) -> Any:
    return (rows.allowed == "granted").fill_null(False)


def _chosen(rows: Any) -> Any:
    """One row for each intent: the channel that is open; of several the preferred one, then the first that was asked for."""
    rows = rows.mutate(unasked=rows.channel.isin(CONSENTED_CHANNELS) & ~_granted(rows))
    shut = (
        rows.unreached | rows.unasked | rows.suppressed.notnull()
        | ((rows.category == "marketing") & ~(_granted(rows) | ((rows.allowed == "soft").fill_null(False) & (rows.channel == "email"))))
        | ((rows.category != "transactional") & (rows.allowed == "withdrawn").fill_null(False))
    )  # fmt: skip
    rows = rows.mutate(shut=ibis.ifelse(shut, 1, 0), wished=ibis.ifelse((rows.preferred == rows.channel).fill_null(False), 0, 1))
    order = [rows.shut, rows.wished, rows["rank"], rows.channel]
    rows = rows.mutate(turn=ibis.row_number().over(ibis.window(group_by=[rows.id], order_by=order)))
    return rows.filter(rows.turn == 0).drop("turn", "rank", "preferred", "shut", "wished").view()


# Consent and suppression ------------------------------------------------------------------------------------------------


def _consented(rows: Any) -> Any:
    """`allowed` is the last word said for this store or all, this channel or all, this purpose or all, as known at the moment.

    `paused_until` is when the customer's own pause ends, `pause_turns_at` when they next say something else about it (live: unknown).
    """
    said = ibis.table(CONSENT, name="consent_history")
    closed = ibis.table(SUPPRESSED, name="suppressed")
    with_said = rows.left_join(
        said,
        [
            rows.customer_id == said.customer_id,
            said.known_from <= rows.moment,
            rows.moment < said.known_to,
            (said.store == rows.store) | (said.store == ""),
            (said.channel == rows.channel) | (said.channel == "all"),
            (said.purpose == rows.category) | said.purpose.isin(["all", *OWN_PURPOSES]),
        ],
    )
    asked = with_said.group_by([rows[c] for c in rows.columns]).aggregate(
        allowed=said.state.argmax(said.known_from, where=~said.purpose.isin(OWN_PURPOSES)),
        wished_quiet=said.state.argmax(said.known_from, where=said.purpose == "quiet"),
        wished_often=said.state.argmax(said.known_from, where=said.purpose == "often"),
        preferred=said.state.argmax(said.known_from, where=said.purpose == "preferred"),
        paused_until=said.paused_until.max(),
        pause_turns_at=said.known_to.min(where=said.paused_until.notnull()),
    )
    with_closed = asked.left_join(
        closed,
        [
            asked.customer_id == closed.customer_id,
            (closed.channel == asked.channel) | (closed.channel == "all"),
            closed.since <= asked.moment,
        ],
    )
    return with_closed.group_by([asked[c] for c in asked.columns]).aggregate(suppressed=closed.reason.max())


# Time -------------------------------------------------------------------------------------------------------------------


def _timed(rows: Any) -> Any:
    """Local time as columns: when quiet hours begin and end next, and the local day and week of the moment."""
    rule = ibis.table(RULES, name="store_rule")
    ruled = rows.left_join(rule, [rows.store == rule.store]).select(
        *[rows[c] for c in rows.columns], fallback=rule.zone, quiet_from=rule.quiet_from, quiet_until=rule.quiet_until,
        day_cap=rule.day_cap, week_cap=ibis.least(rule.week_cap, _often(rows.wished_often)),
    ).view()  # fmt: skip
    known = customers().view()
    zoned = (
        ruled.left_join(known, [ruled.customer_id == known.customer_id, known.known_from <= ruled.moment, ruled.moment < known.known_to])
        .select(
            *[ruled[c] for c in ruled.columns if not c.startswith("quiet_")],
            zone=ibis.coalesce(known.zone, ruled.fallback, "UTC"),
            soft_until=ibis.cases(*[(known.country.isin(places), days) for days, places in WINDOWS.items()], else_=0),
            rest_clock=_rest(ruled, known.country),
            **_quiet(ruled, known.country),
        )
        .view()
    )
    zoned = _struck(zoned, zoned.rest_clock, {"rest_until": "strikes_at"})
    zoned = _struck(zoned, zoned.quiet_from, {"next_quiet": "strikes_at"}, open_end=True)
    zoned = _struck(zoned, zoned.quiet_until, {"next_loud": "strikes_at"})
    zoned = _struck(zoned, MIDNIGHT, {"day_from": "after", "day_until": "strikes_at"}, open_end=True)
    return _struck(zoned, MONDAY, {"week_from": "after", "week_until": "strikes_at"}, open_end=True)


def _often(wish: Any) -> Any:
    """How many a week somebody wishes for; null where they wish for nothing, which `least` passes over."""
    return ibis.cases(*[(wish == str(n), n) for n in range(1, 10)], else_=ibis.null("int64"))


def _quiet(rows: Any, country: Any) -> dict[str, Any]:
    """The hours in which nothing is sent, as the clocks between which they lie: the widest of the store's, the law's and the person's.

    All of them begin in the evening and end in the morning, so the earlier evening and the later morning count.
    """
    law = {place: (rows.category == "marketing") & rows.channel.isin(one.channels) & (country == place) for place, one in QUIET.items()}
    evenings = [rows.quiet_from, rows.wished_quiet.substr(0, 5).nullif("")]
    mornings = [rows.quiet_until, rows.wished_quiet.substr(6, 5).nullif("")]
    evenings.append(ibis.cases(*[(law[place], ibis.literal(one.evening)) for place, one in QUIET.items()], else_=None))
    mornings.append(ibis.cases(*[(law[place], ibis.literal(one.morning)) for place, one in QUIET.items()], else_=None))
    return {"quiet_from": ibis.least(*evenings), "quiet_until": ibis.greatest(*mornings)}


def _rest(rows: Any, country: Any) -> Any:
    """The clock that strikes once the days of rest are over which the law, or whoever carries it, keeps for an advertisement like this."""
    kept = {place: (rows.category == "marketing") & rows.channel.isin(one.channels) & (country == place) for place, one in REST.items()}
    return ibis.cases(*[(kept[place], ibis.literal(clock)) for place, clock in REST_CLOCKS.items()], else_=ibis.null("string"))


def _struck(rows: Any, clock: Any, columns: dict[str, str], *, open_end: bool = False) -> Any:
    """Join the strike of a clock that comes next; with `open_end` the interval is [after, strikes_at), as a day is."""
    ticks = clocks().view()
    now = (
        [ticks.after <= rows.moment, rows.moment < ticks.strikes_at]
        if open_end
        else [ticks.after < rows.moment, rows.moment <= ticks.strikes_at]
    )
    match = [rows.zone == ticks.zone, ticks.clock == clock, *now]
    return rows.left_join(ticks, match).select(*[rows[c] for c in rows.columns], **{n: ticks[c] for n, c in columns.items()}).view()


# Caps -------------------------------------------------------------------------------------------------------------------


def _counted(rows: Any) -> Any:
    """How many capped messages went to the person in the local day and week of the moment, over all stores and channels."""
    went = ibis.table(WENT, name="went")
    joined = rows.left_join(went, [rows.customer_id == went.customer_id, went.went_at >= rows.week_from, went.went_at < rows.week_until])
    return joined.group_by([rows[c] for c in rows.columns]).aggregate(
        week_count=went.went_at.count(),
        day_count=went.went_at.count(where=(went.went_at >= rows.day_from) & (went.went_at < rows.day_until)),
    )


# Worth ------------------------------------------------------------------------------------------------------------------


def _worth(rows: Any) -> Any:
    """What each message was worth by what was known at the moment; 0 where nothing was measured."""
    known = ibis.table(WORTH, name="message_worth")
    match = [rows.store == known.store, rows.message == known.message, known.known_from <= rows.moment, rows.moment < known.known_to]
    return rows.left_join(known, match).select(*[rows[c] for c in rows.columns], worth=ibis.coalesce(known.worth, 0.0)).view()


# The decision -----------------------------------------------------------------------------------------------------------


def _decided(rows: Any, states: Sequence[StateGuard]) -> Any:
    capped, marketing = rows.category != "transactional", rows.category == "marketing"
    quiet = rows.next_quiet.notnull() & (rows.next_loud < rows.next_quiet) & (rows.next_loud > rows.moment)
    full_week, full_day = rows.week_count >= rows.week_cap, rows.day_count >= rows.day_cap
    ended = (rows.ended_at <= rows.moment).fill_null(False)
    questions: list[tuple[Any, str, Any, str, Any]] = [
        (_concerns(s, rows), "state", s.outcome, s.reason, rows.useful_until if s.outcome == "hold" else None) for s in states
    ]
    questions += [
        (ended, "state", "drop", "the journey ended", None),
        (rows.unreached, "channel", "drop", "no way to reach them", None),
        (rows.unasked, "consent", "drop", "no consent to this channel", None),
        (marketing & (rows.allowed == "unproven").fill_null(False), "consent", "drop", "their consent cannot be proven", None),
        (marketing & (rows.allowed == "soft").fill_null(False) & ~_soft(rows), "consent", "drop", "a soft opt-in does not hold here", None),
        (marketing & ~rows.allowed.isin(["granted", "soft"]).fill_null(False), "consent", "drop", "no consent to marketing", None),
        (capped & (rows.allowed == "withdrawn").fill_null(False), "consent", "drop", "they asked not to get this", None),
        (rows.suppressed.notnull(), "suppression", "drop", "the address is closed", None),
        (rows.moment > rows.useful_until, "age", "drop", "too late to be of use", None),
        (capped & (rows.paused_until > rows.moment).fill_null(False), "pause", "hold", "they asked for a pause", rows.paused_until),
        ((rows.rest_until > rows.moment).fill_null(False), "quiet", "hold", DAY_OF_REST, rows.rest_until),
        (capped & quiet, "quiet", "hold", "quiet hours", rows.next_loud),
        (capped & full_week, "caps", "hold", "enough this week already", rows.week_until),
        (capped & full_day, "caps", "hold", "enough today already", rows.day_until),
    ]
    rows = _answered(rows, questions)
    return _contested(rows)


def _soft(rows: Any) -> Any:
    """Where a soft opt-in holds (see `rules.law`): a customer who bought, by e-mail, where the law knows it and for as long as it says."""
    lately = [(rows.soft_until == days) & rows[f"state_bought_{days}"].fill_null(False) for days in WINDOWS]
    return (rows.channel == "email") & reduce(or_, lately)


def _answered(rows: Any, questions: list[tuple[Any, str, Any, str, Any]]) -> Any:
    """The first question that is answered with yes decides."""
    never = ibis.null(INSTANT)
    return rows.mutate(
        guard=ibis.cases(*[(yes, ibis.literal(guard)) for yes, guard, *_ in questions], else_=""),
        outcome=ibis.cases(*[(yes, ibis.literal(outcome)) for yes, _, outcome, *_ in questions], else_="go"),
        reason=ibis.cases(*[(yes, ibis.literal(reason)) for yes, _, _, reason, _ in questions], else_=""),
        until=ibis.cases(*[(yes, never if until is None else until) for yes, _, _, _, until in questions], else_=never),
    )


def _contested(rows: Any) -> Any:
    """Intents of one person judged together: one marketing winner a five-minute slot, then the caps in order.

    A slot is fixed in UTC, and a marketing intent is asked only when its slot is over, so all of them are here. The order is
    priority, worth, planned time, key. Whoever would be one too many waits for the next bucket. Of a loser `lost_to` and
    `lost_worth` tell the message that won and what it is worth, `outbid` whether that decided.
    """
    capped = (rows.category != "transactional") & (rows.outcome == "go")
    rows = rows.mutate(bids=capped & (rows.category == "marketing"), capped=capped)
    together = [rows.customer_id, rows.moment, rows.bids]
    rows = rows.mutate(place=ibis.row_number().over(ibis.window(group_by=together, order_by=_order(rows)[1:])))
    slot = ibis.window(group_by=[rows.customer_id, rows.moment, rows.bids])
    rows = rows.mutate(**{
        f"lost_{new}": rows[name].max(where=rows.place == 0).over(slot)
        for new, name in {"to": "message", "worth": "worth", "priority": "priority"}.items()
    })  # fmt: skip
    lost = rows.bids & (rows.place > 0)
    rows = rows.mutate(
        lost=lost, outbid=lost & (rows.lost_priority == rows.priority) & (rows.lost_worth > rows.worth),
        lost_to=ibis.ifelse(lost, rows.lost_to, ""), lost_worth=ibis.ifelse(lost, rows.lost_worth, 0.0),
    )  # fmt: skip
    counts, order = rows.capped & ~rows.lost, _order(rows)
    day = ibis.row_number().over(ibis.window(group_by=[rows.customer_id, rows.day_from, counts], order_by=order))
    week = ibis.row_number().over(ibis.window(group_by=[rows.customer_id, rows.week_from, counts], order_by=order))
    rows = rows.mutate(counts=counts, day_place=day, week_place=week)
    return _settled(rows)


def _order(rows: Any) -> list[Any]:
    """Who comes first where not all can go."""
    return [rows.moment, rows.priority, rows.worth.desc(), rows.planned_at, rows.id]


def _settled(rows: Any) -> Any:
    """Turn losers and those who are one too many into holds; whatever would be held past its use is dropped now."""
    over_week = rows.counts & (rows.week_count + rows.week_place >= rows.week_cap)
    over_day = rows.counts & (rows.day_count + rows.day_place >= rows.day_cap)
    ways = [
        (rows.outbid, "arbitration", "something worth more went first", rows.moment + ibis.interval(seconds=DAY)),
        (rows.lost, "arbitration", "something else went first", rows.moment + ibis.interval(seconds=DAY)),
        (over_week, "caps", "enough this week already", rows.week_until),
        (over_day, "caps", "enough today already", rows.day_until),
    ]
    rows = rows.mutate(
        guard=ibis.cases(*[(yes, ibis.literal(g)) for yes, g, *_ in ways], else_=rows.guard),
        outcome=ibis.cases(*[(yes, ibis.literal("hold")) for yes, *_ in ways], else_=rows.outcome),
        reason=ibis.cases(*[(yes, ibis.literal(r)) for yes, _, r, _ in ways], else_=rows.reason),
        until=ibis.cases(*[(yes, u) for yes, _, _, u in ways], else_=rows.until),
    )
    useless = (rows.outcome == "hold") & (rows.guard != "state") & (ibis.coalesce(rows.until, rows.useful_until) > rows.useful_until)
    rows = rows.mutate(outcome=ibis.ifelse(useless, "drop", rows.outcome), until=ibis.ifelse(useless, ibis.null(INSTANT), rows.until))
    # Whether it is of use is decided by what is known now; asked again is at the pause's end, or as soon as the customer turns it.
    turns = (rows.guard == "pause") & (rows.outcome == "hold")
    rows = rows.mutate(until=ibis.ifelse(turns, ibis.least(rows.until, rows.pause_turns_at), rows.until))
    return rows.select(
        "id", "outcome", "reason", "guard", "until", "moment", "day_from", "day_count", "week_count", "zone", "next_loud", "channel",
        "worth", "lost_to", "lost_worth",
    )  # fmt: skip
