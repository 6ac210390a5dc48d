"""Who is left alone is told to the log, and what a campaign did is told against them; nothing is said of too few."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from afterword.kit import sql
from afterword.loop.accounts import door as accounts
from afterword.loop.campaigns import door
from afterword.loop.campaigns.actions.release import release
from afterword.loop.campaigns.queries import effects
from afterword.loop.campaigns.queries.effects import effect
from afterword.loop.campaigns.rules.reckoning import welch
from afterword.loop.events.types import Told

from .test_actions import DAY, HOUR, T0, begun, shop, tell

__all__ = ["shop"]
pytestmark = pytest.mark.django_db


def order(id: object, n: object, minor: int = 1000) -> Told:
    return Told("order.placed", T0 + 4 * HOUR, "test", f"again{n}", customer_id=id, order=f"again{n}",  # type: ignore[arg-type]
                properties={"currency": "EUR", "total_minor": minor, "total_base_minor": minor, "items": 1})  # fmt: skip


def people(arm: str) -> list[object]:
    return [id for (id,) in sql.rows("select customer_id from campaign_person where arm = %s order by 1", [arm])]


def test_whoever_is_left_alone_is_told_to_the_log_once(shop: int) -> None:
    accounts.set_global_holdout(0.3, by=None)
    begun(kind="offer", messages=["win_back"], holdout=0.3)
    release(T0 + 3 * HOUR)
    sql.run("update campaign set state = 'scheduled'")
    release(T0 + 3 * HOUR)
    tell(T0 + 4 * HOUR)
    told = "select customer_id from event_experiment_held_out where journey = 'campaign:news' and campaign = 'news' and everywhere = %s"
    for everywhere, arm in ((True, "everywhere"), (False, "held_out")):
        found = [id for (id,) in sql.rows(f"{told} order by 1", [everywhere])]
        assert found
        assert found == people(arm)
    assert sql.value("select count(*) from event_experiment_held_out where run = customer_id and known_at > occurred_at") > 0


def test_too_few_are_counted_and_nothing_is_said_of_them(shop: int) -> None:
    begun(holdout=0.4)
    release(T0 + 3 * HOUR)
    written = people("A")
    tell(T0 + 5 * HOUR, *(order(id, n) for n, id in enumerate(written)))
    assert effect(door.one("news"), T0 + DAY) is None, "nobody's time is over yet"
    assert effect(door.one("news"), T0 + 8 * DAY, 14) is None
    found = effect(door.one("news"), T0 + 8 * DAY, 7)
    assert found is not None
    assert (found.written.people + found.alone.people, found.written.bought, found.alone.bought) == (shop, len(written), 0)
    assert found.written.spent == 1000 * len(written)
    assert (found.share, found.orders, found.money) == (None, None, None)
    assert found.smallest is None or 0 < found.smallest < 1


def test_the_effect_is_told_against_those_who_were_left_alone(shop: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effects, "FEWEST", 5)
    begun(holdout=0.4)
    release(T0 + 3 * HOUR)
    tell(T0 + 5 * HOUR, *(order(id, n) for n, id in enumerate(people("A"))))
    found = effect(door.one("news"), T0 + 20 * DAY)
    assert found is not None
    assert found.share is not None
    assert found.share[0] == 1.0
    assert found.share[1] > 0.5
    assert found.orders is not None
    assert found.orders[0] == 1.0
    assert found.orders[1] > 0.5
    assert found.money is not None
    assert found.money[0] == pytest.approx(1000)


def test_intervals_by_lots_drawn_again_are_those_of_many_people(shop: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """For orders that are alike, drawing again and the normal quantile must agree, and the same data give the same interval."""
    monkeypatch.setattr(effects, "FEWEST", 5)
    begun(holdout=0.4)
    release(T0 + 3 * HOUR)
    sql.run(
        "insert into campaign_person (campaign_id, customer_id, part, arm, lot, zone, planned_at) select c.id, gen_random_uuid(), 'first', "
        "case when n %% 2 = 0 then 'A' else 'held_out' end, n, 'UTC', c.release_at from campaign c, generate_series(1, %s) n", [4000],
    )  # fmt: skip
    chance = Random(3)
    buys = [order(id, f"{arm}{n}", chance.randint(500, 9000)) for arm, rate in (("A", 0.2), ("held_out", 0.12))
            for n, id in enumerate(people(arm)) if chance.random() < rate]  # fmt: skip
    for some in range(0, len(buys), 500):
        tell(T0 + 5 * HOUR + timedelta(minutes=some), *buys[some : some + 500])
    found = effect(door.one("news"), T0 + 20 * DAY)
    assert found is not None
    assert found.money is not None
    numbers = {arm: row for arm, *row in sql.rows(effects.SUMS, {
        "campaign": door.one("news").pk, "within": timedelta(days=14), "now": T0 + 20 * DAY,
    })}  # fmt: skip
    a, b = numbers["written"], numbers["held_out"]
    normal = welch(float(a[3]) / a[0], a[6], a[0], float(b[3]) / b[0], b[6], b[0])
    assert found.money[0] == pytest.approx(normal[0])
    assert found.money[1] == pytest.approx(normal[1], abs=0.12 * (normal[2] - normal[1]))
    assert found.money[2] == pytest.approx(normal[2], abs=0.12 * (normal[2] - normal[1]))
    assert effect(door.one("news"), T0 + 20 * DAY) == found


def test_a_few_who_buy_for_a_hundred_times_more_on_the_large_side_prove_nothing(shop: int) -> None:
    """More often than not, six such people all fall on the side of nine in ten; what is seen on the other side knows nothing of them."""
    begun(kind="offer", messages=["win_back"], holdout=0.1)
    release(T0 + 3 * HOUR)
    sql.run("delete from campaign_person")
    sql.run(
        "insert into campaign_person (campaign_id, customer_id, part, arm, lot, zone, planned_at) select c.id, gen_random_uuid(), 'first', "
        "case when n % 10 = 0 then 'held_out' else 'A' end, n, 'UTC', c.release_at from campaign c, generate_series(1, 1500) n"
    )  # fmt: skip
    written, alone = people("A"), people("held_out")
    buys = [order(id, f"w{n}", 500_000 if n < 6 else 2000) for n, id in enumerate(written[:200])]
    tell(T0 + 5 * HOUR, *buys, *(order(id, f"a{n}", 2000) for n, id in enumerate(alone[:22])))
    found = effect(door.one("news"), T0 + 20 * DAY)
    assert found is not None
    assert found.money is not None
    assert found.money[0] == pytest.approx(2222, abs=100)
    assert found.money[1] < 0 < found.money[2]
