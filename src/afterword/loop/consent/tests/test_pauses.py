"""A customer's pause: what concerns an order goes on, the rest waits or is dropped; and after a merge the stricter word counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from afterword.kit import sql
from afterword.loop.consent import door
from afterword.loop.consent.models import ConsentHistory
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.messages import door as messages

T0 = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PROOF = {"words": "Yes, write to me.", "page": "https://shop.example/checkout"}
pytestmark = pytest.mark.django_db


def customer(n: int = 1) -> UUID:
    who = Who(external_id=str(n), email=f"ana{n}@example.com", verified=True)
    identity.record([Told("customer.updated", T0, "test", f"u{n}", who=who)], received_at=T0)
    events.seal(T0 + timedelta(seconds=n))
    found = identity.customer_by("external", "main", str(n))
    assert found
    return found


def intend(who: UUID, category: str, at: datetime, useful: timedelta) -> UUID:
    id = uuid4()
    sql.run(
        "insert into message_intent (id, origin, run, step, subject_id, customer_id, store, message, channel, category, planned_at, "
        "useful_until, ask_at) values (%s, 'j', %s, 's', %s, %s, 'main', 'nps', 'email', %s, %s, %s, %s)",
        [id, uuid4(), who, who, category, at, at + useful, at],
    )
    return id


def state(id: UUID) -> tuple[Any, ...] | None:
    return sql.one("select state, reason, ask_at from message_intent where id = %s", [id])


def test_a_pause_holds_what_can_wait_drops_what_cannot_and_lets_orders_through() -> None:
    ana, until = customer(), T0 + 15 * DAY
    door.pause(ana, until=until, at=T0 + DAY, how="preferences")
    events.seal(T0 + DAY)
    at = T0 + 2 * DAY
    waits, dropped, order = (
        intend(ana, "service", at, 30 * DAY), intend(ana, "service", at, 3 * DAY), intend(ana, "transactional", at, 3 * DAY),
    )  # fmt: skip
    messages.judge(at)
    assert state(waits) == ("held", "they asked for a pause", until)
    assert state(dropped) == ("dropped", "they asked for a pause", None)
    assert (state(order) or ("",))[0] == "released"
    messages.judge(until)
    assert (state(waits) or ("",))[0] == "released"


def test_a_pause_that_is_ended_lets_go_what_it_held_at_once_and_a_later_one_takes_its_place() -> None:
    ana = customer()
    door.pause(ana, until=T0 + 15 * DAY, at=T0 + DAY)
    events.seal(T0 + DAY)
    id = intend(ana, "service", T0 + 2 * DAY, 40 * DAY)
    messages.judge(T0 + 2 * DAY)
    door.pause(ana, until=T0 + 31 * DAY, at=T0 + 3 * DAY)
    events.seal(T0 + 3 * DAY)
    messages.judge(T0 + 3 * DAY)
    assert state(id) == ("held", "they asked for a pause", T0 + 31 * DAY)
    door.resume(ana, at=T0 + 4 * DAY)
    events.seal(T0 + 4 * DAY)
    messages.judge(T0 + 4 * DAY)
    assert (state(id) or ("",))[0] == "released"
    assert door.paused_until(ana, store="main", now=T0 + 4 * DAY) is None


def test_consents_stay_as_they_are_through_a_pause_and_a_pause_has_a_day_to_come() -> None:
    ana = customer()
    door.grant(ana, channel="email", purpose="marketing", proof=PROOF, at=T0 + DAY)
    door.pause(ana, until=T0 + 9 * DAY, at=T0 + 2 * DAY)
    events.seal(T0 + 2 * DAY)
    assert door.may([ana], store="main", channel="email", purpose="marketing")[ana].state == "granted"
    assert door.paused_until(ana, store="main", now=T0 + 3 * DAY) == T0 + 9 * DAY
    assert door.paused_until(ana, store="other", now=T0 + 3 * DAY) is None
    with pytest.raises(door.NotAhead):
        door.pause(ana, until=T0, at=T0 + 2 * DAY)


def test_after_a_merge_withdrawals_and_pauses_are_the_survivors_until_they_say_otherwise() -> None:
    one, other = customer(1), customer(2)
    door.grant(one, channel="email", purpose="marketing", proof=PROOF, at=T0)
    door.withdraw(other, channel="email", purpose="marketing", at=T0)
    door.grant(other, channel="email", purpose="service", proof=PROOF, at=T0)
    door.pause(other, until=T0 + 20 * DAY, at=T0)
    events.seal(T0 + DAY)
    survivor = identity.merge_customers(one, other, T0 + 2 * DAY)
    events.seal(T0 + 2 * DAY)

    def said(purpose: str) -> str:
        return door.may([survivor], store="main", channel="email", purpose=purpose)[survivor].state

    assert (said("marketing"), said("service")) == ("withdrawn", "granted")
    assert door.paused_until(survivor, store="main", now=T0 + 3 * DAY) == T0 + 20 * DAY
    door.grant(survivor, channel="email", purpose="marketing", proof=PROOF, at=T0 + 3 * DAY)
    door.resume(survivor, at=T0 + 3 * DAY)
    events.seal(T0 + 3 * DAY)
    assert said("marketing") == "granted"
    assert door.paused_until(survivor, store="main", now=T0 + 3 * DAY) is None
    rows = sorted(map(str, ConsentHistory.objects.values_list()))
    assert door.rebuild() == len(rows)
    assert sorted(map(str, ConsentHistory.objects.values_list())) == rows
