"""What a message is worth is measured by draws, drawn towards nothing where that is not sure, and decides among equals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import fmean, variance
from typing import Any
from uuid import UUID, uuid4

import pytest

from afterword.kernel.ids import uuid7
from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.consent import door as consent
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.messages.actions.judge import judge
from afterword.loop.messages.actions.weigh import weigh
from afterword.loop.messages.queries import worth as queries

pytestmark = pytest.mark.django_db
T0 = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
DRAWS = "select origin, run, customer_id, store, entered_at, held_out, message from draw where entered_at > %(since)s"
INTENT = """
insert into message_intent (id, origin, run, step, subject_id, customer_id, store, message, channel, category, priority, planned_at,
                            useful_until, state, sent_at, ask_at)
values (%(id)s, %(origin)s, %(run)s, 's', %(customer)s, %(customer)s, 'main', %(message)s, 'email', 'marketing', %(priority)s, %(at)s,
        %(until)s, %(state)s, %(sent)s, %(ask)s)
"""


@pytest.fixture(autouse=True)
def draws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A table of draws, in place of the journeys' and campaigns'."""
    accounts.save_store("main", by=None, name="Lut", currency="EUR", zone="UTC", brand={"day_cap": 1, "week_cap": 4})
    monkeypatch.setattr(queries, "_trials", {})
    queries.register_trials("test", DRAWS)
    columns = "origin text, run uuid, customer_id uuid, store text, entered_at timestamptz, held_out bool, message text"
    sql.run(f"create temp table draw ({columns}) on commit drop")
    yield
    sql.run("drop table if exists draw")


def intent(message: str, at: datetime, customer: UUID, *, run: UUID | None = None, sent: datetime | None = None, priority: int = 1) -> UUID:
    id = uuid7(at)
    sql.run(INTENT, {
        "id": id, "origin": message, "run": run or uuid4(), "customer": customer, "message": message, "priority": priority, "at": at,
        "until": at + 9 * DAY, "state": "sent" if sent else "planned", "sent": sent, "ask": None if sent else at,
    })  # fmt: skip
    return id


def lived(message: str, people: int, lift: float, seed: int, share: float = 0.8) -> tuple[float, float, int]:
    """Draws of one message: half let in, a share of whom got it a day later; what each bought in the week after. What follows from it."""
    chance, told = Random(seed), []
    spent: dict[bool, list[float]] = {True: [], False: []}
    got = 0
    for n in range(2 * people):
        run, customer, alone = UUID(int=chance.getrandbits(128)), UUID(int=chance.getrandbits(128)), n % 2 == 1
        sql.run("insert into draw values (%s, %s, %s, 'main', %s, %s, null)", [message, run, customer, T0, alone])
        sent = not alone and chance.random() < share
        got += sent
        if sent:
            intent(message, T0 + DAY, customer, run=run, sent=T0 + DAY)
        minor = chance.randint(1000, 9000) if chance.random() < 0.1 + (lift if sent else 0) else 0
        spent[alone].append(float(minor))
        if minor:
            told.append(Told(
                "order.placed", T0 + 3 * DAY, "test", f"{message}{n}", customer_id=customer, order=f"{message}{n}",
                properties={"currency": "EUR", "total_minor": minor, "total_base_minor": minor, "items": 1},
            ))  # fmt: skip
        if n % 7 == 0:  # what came before the message, or long after it, says nothing about it
            for day in (0.5, 9):
                told.append(Told(
                    "order.placed", T0 + day * DAY, "test", f"{message}{n}-{day}", customer_id=customer, order=f"{message}{n}-{day}",
                    properties={"currency": "EUR", "total_minor": 77_000, "total_base_minor": 77_000, "items": 1},
                ))  # fmt: skip
    told.sort(key=lambda one: one.occurred_at)
    assert not identity.record(told, received_at=T0 + 10 * DAY).refused
    events.seal(max(T0 + 10 * DAY, (events.frontier() or T0) + MINUTE))
    part = got / people
    gap = (fmean(spent[False]) - fmean(spent[True])) / part
    return gap, (variance(spent[False]) + variance(spent[True])) / people / part**2, got


def known() -> dict[str, queries.Worth]:
    return {one.message: one for one in queries.worths()}


def test_what_is_measured_is_the_difference_by_draw_and_is_drawn_towards_nothing_where_it_is_not_sure() -> None:
    made = {
        "win_back": lived("win_back", 400, 0.3, 1),
        "sunset": lived("sunset", 150, 0.05, 2),
        "anniversary": lived("anniversary", 120, 0, 3),
    }
    assert weigh(T0 + 20 * DAY) == 3
    found = known()
    spread = sum(gap * gap / v for gap, v, _ in made.values()) - len(made)
    prior = max(0.0, spread / sum(1 / v for _, v, _ in made.values()))
    assert prior > 0
    for message, (gap, v, got) in made.items():
        one = found[message]
        assert one.estimate == pytest.approx(gap), message
        assert one.spread == pytest.approx(v**0.5), message
        assert one.worth == pytest.approx(gap * prior / (prior + v)), message
        assert abs(one.worth) < abs(one.estimate)
        assert one.sent == got
    assert found["win_back"].worth > 500
    assert found["anniversary"].worth / found["anniversary"].estimate < found["win_back"].worth / found["win_back"].estimate


def test_a_small_side_is_not_surer_than_both_together() -> None:
    """Where few are left alone, somebody who buys for very much is mostly among the others; the spread counts for both sides."""
    _, spread, _ = lived("win_back", 900, 0.0, 4)
    told = [Told("order.placed", T0 + 3 * DAY, "test", f"much{n}", customer_id=customer, order=f"much{n}",
                 properties={"currency": "EUR", "total_minor": 9_000_000, "total_base_minor": 9_000_000, "items": 1})
            for n, (customer,) in enumerate(sql.rows("select customer_id from draw where not held_out order by run limit 4"))]  # fmt: skip
    sql.run("delete from draw where held_out and run not in (select run from draw where held_out order by run limit 120)")
    assert not identity.record(told, received_at=T0 + 11 * DAY).refused
    events.seal((events.frontier() or T0) + DAY)
    weigh(T0 + 20 * DAY)
    one = known()["win_back"]
    assert one.alone == 120
    assert one.spread > 20 * spread**0.5
    assert abs(one.estimate) < one.spread


def test_a_store_s_margin_is_what_remains_of_revenue() -> None:
    lived("win_back", 200, 0.3, 1)
    weigh(T0 + 20 * DAY)
    before = known()["win_back"]
    accounts.save_store("main", by=None, brand={"margin": 25})
    weigh(T0 + 21 * DAY)
    assert known()["win_back"].estimate == pytest.approx(before.estimate / 4)
    assert known()["win_back"].worth == pytest.approx(before.worth / 4)


def test_of_few_nothing_is_measured_and_of_noise_nothing_is_believed() -> None:
    lived("win_back", 99, 0.3, 1)
    assert weigh(T0 + 20 * DAY) == 0
    lived("anniversary", 150, 0, 5)
    weigh(T0 + 20 * DAY)
    assert set(known()) == {"anniversary"}
    assert abs(known()["anniversary"].estimate) < 2 * known()["anniversary"].spread
    assert abs(known()["anniversary"].worth) <= abs(known()["anniversary"].estimate)


def test_what_was_known_before_stays_for_the_verdicts_of_then() -> None:
    lived("win_back", 200, 0.3, 1)
    assert weigh(T0 + 20 * DAY) == 1
    assert weigh(T0 + 21 * DAY) == 0, "nothing has changed"
    sql.run("delete from draw where held_out and run in (select run from draw where held_out order by run limit 10)")
    assert weigh(T0 + 22 * DAY) == 1
    spans = sql.rows("select known_from, known_to from message_worth order by 1")
    assert spans[0] == (T0 + 20 * DAY, T0 + 22 * DAY)
    assert spans[1][0] == T0 + 22 * DAY
    sql.run("delete from draw")
    weigh(T0 + 23 * DAY)
    assert known() == {}, "what nothing speaks for any more is worth nothing"
    assert sql.value("select count(*) from message_worth where known_to = %s", [T0 + 23 * DAY]) == 1


def worth_of(message: str, minor: float, since: datetime = T0) -> None:
    sql.run(
        "insert into message_worth (store, message, known_from, worth, estimate, spread, sent, alone) "
        "values ('main', %s, %s, %s, %s, 1, 1, 1)", [message, since, minor, minor],
    )  # fmt: skip


def somebody() -> UUID:
    who = Who(external_id="ana", email="ana@example.com", verified=True)
    assert not identity.record([Told("customer.created", T0, "test", "ana", who=who)], received_at=T0).refused
    events.seal(T0 + MINUTE, known="occurred")
    customer: UUID = sql.value("select id from customers_customer")
    consent.grant(customer, channel="email", purpose="marketing", at=T0, how="test", proof={"words": "Yes.", "page": "/checkout"})
    events.seal(T0 + 2 * MINUTE, known="occurred")
    return customer


def said(id: UUID) -> tuple[Any, ...]:
    found = sql.one(
        "select state, reason, checks ->> 'lost_to', checks ->> 'worth', checks ->> 'lost_worth' from message_intent where id = %s", [id]
    )
    assert found
    return found


def test_among_equals_the_one_that_is_worth_more_goes_and_the_other_says_to_whom_it_lost() -> None:
    customer, at = somebody(), T0 + HOUR
    worth_of("win_back", 40.0)
    worth_of("anniversary", 12.5)
    first, second, last = intent("anniversary", at, customer), intent("win_back", at, customer), intent("sunset", at, customer)
    judge(at)
    assert said(second)[:3] == ("released", "", None)
    assert said(first) == ("held", "something worth more went first", "win_back", "12.5", "40")
    assert said(last) == ("held", "something worth more went first", "win_back", "0", "40")


def test_priority_comes_before_worth_and_what_is_not_measured_goes_by_time() -> None:
    customer, at = somebody(), T0 + HOUR
    worth_of("win_back", 40.0)
    urgent, rich = intent("anniversary", at, customer, priority=0), intent("win_back", at, customer)
    judge(at)
    assert said(urgent)[0] == "released"
    assert said(rich)[:3] == ("held", "something else went first", "anniversary")
    sql.run("delete from message_intent")
    later, earlier = intent("sunset", at + MINUTE, customer), intent("anniversary", at, customer)
    judge(at + MINUTE)
    assert (said(earlier)[0], said(later)[1]) == ("released", "something else went first")


def test_a_verdict_goes_by_what_was_known_at_its_moment_on_every_engine(tmp_path: Path) -> None:
    from afterword.insight.backtests.actions.verdicts import ask_again
    from afterword.insight.lake import door as lake
    from afterword.kit.engines import duck
    from afterword.loop.journeys.jobs import keep_clocks

    customer, at = somebody(), T0 + HOUR
    keep_clocks(T0)
    worth_of("win_back", 40.0, since=at + MINUTE)
    worth_of("anniversary", 10.0)
    known_later, known_now = intent("win_back", at, customer), intent("anniversary", at, customer)
    with clock.travel(at):
        judge(at)
    assert said(known_now)[0] == "released"
    assert said(known_later)[1] == "something worth more went first"
    lake.export(tmp_path)
    with duck(threads=1) as connection:
        lake.mount(connection, tmp_path, events.vocabulary)
        found = ask_again(connection, T0, at + HOUR)
        assert sum(one.asked for one in found.values()) == 2
        assert sum(one.differing for one in found.values()) == 0
        connection.execute("update message_worth set known_from = timestamptz '2026-01-01' where message = 'win_back'")
        assert sum(one.differing for one in ask_again(connection, T0, at + HOUR).values()) == 2, "the test sees what worth decides"
