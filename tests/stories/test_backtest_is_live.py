"""Live is just a backtest whose horizon is now: what ran is what the backtest says, visit by visit, for every shipped journey."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from afterword.loop.events.types import Who

from .lived import same_in_a_backtest
from .story import Story, day, shop

pytestmark = pytest.mark.django_db(transaction=True)
START = day("4 May 08:00")


def busy_weeks(story: Story, random: Random) -> None:
    """Twelve people order; parcels come, come late, or never; some orders are cancelled, some people answer."""
    plan = []
    for n in range(20):
        who = Who(external_id=f"c{n % 12}", email=f"c{n % 12}@example.com", verified=True)
        at, order = START + timedelta(hours=random.randint(1, 400)), f"N{n}"
        plan.append((at, "order.placed", who, order))
        if random.random() < 0.15:
            plan.append((at + timedelta(hours=5), "order.cancelled", who, order))
            continue
        plan.append((at + timedelta(hours=20), "order.fulfilled", who, order))
        if random.random() < 0.85:
            came = at + timedelta(hours=random.choice((40, 60, 120)))
            plan.append((came, "shipment.delivered", who, order))
            plan.append((came + timedelta(days=4), "survey.answered", who, order))
    for at, name, who, order in sorted(plan, key=lambda p: p[0]):
        story.pass_until(at, step=timedelta(hours=8))
        if name == "order.placed":
            story.placed(order, who=who)
        elif name == "shipment.delivered":
            story.told(name, who=who, order=order, shipment=f"P-{order}", last=True)
        elif name == "survey.answered":
            story.told(name, who=who, order=order, survey="csat", kind="csat", score=random.choice((1, 2, 5, 5)))
        else:
            story.told(name, who=who, order=order)
    story.pass_until(START + timedelta(days=70), step=timedelta(hours=8))


@pytest.mark.slow
def test_a_backtest_of_each_journey_equals_what_ran(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with shop(START, monkeypatch) as story:
        busy_weeks(story, Random(7))
        assert same_in_a_backtest(tmp_path, START) > 200
