"""Plans, instants, numbers and the stopping rule."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time
from itertools import pairwise

import pytest

from afterword.loop.campaigns.rules import instants, plans
from afterword.loop.campaigns.rules.reckoning import always_valid, detectable, needed, newcombe, wilson
from afterword.loop.campaigns.rules.stopping import verdict
from afterword.loop.campaigns.types import Arm, BadCampaign, Plan

GOOD = Plan(segment="buyers", messages=("win_back",))
TEST = Plan(segment="buyers", messages=("win_back", "anniversary"))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"segment": "nobody"}, "segment"), ({"messages": ()}, "message"), ({"messages": ("win_back", "win_back")}, "message"),
        ({"messages": ("csat",)}, "message"),
        ({"messages": ("nothing",)}, "message"), ({"holdout": 0.6}, "holdout"), ({"timing": "at", "at": "soon"}, "at"),
        ({"timing": "local", "day": "2026-05-04"}, "hour"), ({"kind": "invitation"}, "event_at"), ({"per_minute": -1}, "per_minute"),
        ({"messages": ("win_back", "anniversary"), "smallest": 0.0}, "smallest"), ({"useful_hours": 0}, "useful_hours"),
        ({"timing": "never"}, "timing"),
    ],
)  # fmt: skip
def test_what_cannot_be_carried_out_is_refused_beside_its_field(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(BadCampaign) as refusal:
        plans.checked(Plan.of({**GOOD.plain(), **wrong}), {"buyers"}, {"win_back": False, "anniversary": False, "csat": True})
    assert refusal.value.values["field"] == field


def test_no_kind_loosens_what_a_message_is() -> None:
    incident, offer = Plan(kind="incident"), Plan(kind="offer")
    assert plans.category_of(incident, "marketing") == "marketing"
    assert plans.category_of(incident, "transactional") == "transactional"
    assert plans.category_of(offer, "transactional") == "marketing"


def test_a_plan_survives_json_and_its_mark_changes_with_anything() -> None:
    assert Plan.of(TEST.plain()) == TEST
    marks = {plans.mark("Spring", TEST), plans.mark("Summer", TEST), plans.mark("Spring", Plan.of({**TEST.plain(), "live": True}))}
    assert len(marks) == 3


def test_nine_o_clock_is_another_instant_in_each_zone() -> None:
    before = datetime(2026, 5, 1, tzinfo=UTC)
    found = instants.turns(["Europe/Bucharest", "America/New_York"], date(2026, 5, 4), time(9), before, "next_day")
    assert found["Europe/Bucharest"] == datetime(2026, 5, 4, 6, tzinfo=UTC)
    assert found["America/New_York"] == datetime(2026, 5, 4, 13, tzinfo=UTC)


def test_where_the_hour_has_passed_it_is_at_once_or_the_next_day_as_was_chosen() -> None:
    noon = datetime(2026, 5, 4, 12, tzinfo=UTC)
    turn = (["Europe/Bucharest"], date(2026, 5, 4), time(9), noon)
    assert instants.turns(*turn, "at_once")["Europe/Bucharest"] == noon
    assert instants.turns(*turn, "next_day")["Europe/Bucharest"] == datetime(2026, 5, 5, 6, tzinfo=UTC)
    later = (["Europe/Bucharest"], date(2026, 5, 4), time(9), datetime(2026, 5, 9, 12, tzinfo=UTC))
    assert instants.turns(*later, "next_day")["Europe/Bucharest"] == datetime(2026, 5, 10, 6, tzinfo=UTC)


def test_a_skipped_hour_is_the_next_that_exists_and_a_double_one_the_first() -> None:
    assert instants.instant(date(2026, 3, 29), time(2, 30), "Europe/Berlin") == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert instants.instant(date(2026, 10, 25), time(2, 30), "Europe/Berlin") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_how_many_are_needed_is_as_the_books_have_it() -> None:
    assert needed(0.10, 0.05, 2) == 686  # Fleiss, Levin, Paik: two-sided 5 %, power 80 %
    assert needed(0.10, 0.05, 3) > 686
    smallest = detectable(0.10, 686, 2)
    assert smallest is not None
    assert smallest == pytest.approx(0.05, abs=0.001)
    assert detectable(0.10, 1, 2) is None


def test_intervals_are_those_of_newcombe_s_tables() -> None:
    assert wilson(81, 263)[1:] == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)


def test_the_fixed_rule_says_nothing_before_its_time_however_large_the_difference() -> None:
    arms = [Arm("A", 1000, 1000, 1000, 300), Arm("B", 1000, 1000, 1000, 10)]
    assert verdict(TEST, arms, over=False).state == "not_yet"
    assert verdict(TEST, arms, over=False).pairs == ()
    assert verdict(TEST, arms, over=True).winner == "A"
    assert verdict(TEST, [Arm("A", 50, 50, 50, 5), Arm("B", 50, 50, 50, 4)], over=True).state == "unclear"


def test_one_of_several_wins_only_against_each_of_the_others() -> None:
    arms = [Arm("A", 2000, 2000, 2000, 300), Arm("B", 2000, 2000, 2000, 310), Arm("C", 2000, 2000, 2000, 100)]
    assert verdict(TEST, arms, over=True).state == "unclear"
    arms[1] = Arm("B", 2000, 2000, 2000, 500)
    assert verdict(TEST, arms, over=True).winner == "B"


def test_the_sequential_rule_may_be_looked_at_after_every_person_and_still_errs_as_seldom_as_it_says() -> None:
    rng = random.Random(7)
    plan = Plan.of({**TEST.plain(), "rule": "always_valid", "smallest": 0.03})
    wrong, worlds = 0, 300
    for _ in range(worlds):
        did = [0, 0]
        for n in range(1, 1501):
            for arm in (0, 1):
                did[arm] += rng.random() < 0.1
            if n % 10 == 0 and verdict(plan, [Arm("A", n, n, n, did[0]), Arm("B", n, n, n, did[1])], over=False).state == "won":
                wrong += 1
                break
    assert wrong / worlds <= 0.05


def test_the_sequential_rule_finds_a_large_difference_early_and_gives_up_at_the_end() -> None:
    plan = Plan.of({**TEST.plain(), "rule": "always_valid", "smallest": 0.05})
    found = verdict(plan, [Arm("A", 500, 500, 500, 100), Arm("B", 500, 500, 500, 25)], over=False)
    assert (found.state, found.winner) == ("won", "A")
    assert verdict(plan, [Arm("A", 50, 50, 50, 20), Arm("B", 50, 50, 50, 1)], over=False).state == "not_yet", "too few for large numbers"
    assert verdict(plan, [Arm("A", 500, 500, 500, 50), Arm("B", 500, 500, 500, 49)], over=True).state == "unclear"


def test_an_always_valid_interval_is_wider_than_one_for_a_single_look_and_shrinks() -> None:
    widths = []
    for n in (200, 800, 3200):
        _, low, high = always_valid(n // 10, n, n // 10, n, smallest=0.03)
        _, once_low, once_high = newcombe(n // 10, n, n // 10, n)
        assert high - low > once_high - once_low
        widths.append(high - low)
    assert all(a > b for a, b in pairwise(widths))


def test_what_speaks_of_one_order_or_moment_is_not_for_many() -> None:
    from afterword.loop.messages.rules.shipped import MESSAGES

    fit = {key for key, kind in MESSAGES.items() if not plans.speaks_of_one(key, kind.uses)}
    assert fit >= {"win_back", "anniversary", "exclusive_content", "product_update", "recall_notice", "vip_thanks", "nps", "sunset"}
    assert not fit & {
        "confirm_consent",
        "order_confirmation",
        "csat",
        "refund_done",
        "low_score_follow_up",
        "first_care_1",
        "review_thanks",
    }
