"""What customers do about messages: decided by the message's id, and adding what the truth says."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from afterword.loop.events.types import Told
from afterword.sample.rules import truth
from afterword.sample.rules.lives import Terms
from afterword.sample.rules.reactions import reactions
from afterword.sample.types import Sent

AT = datetime(2026, 5, 1, 9, tzinfo=UTC)
TERMS = Terms(7, 2000, 182, AT - timedelta(days=100))


def sent(n: int, message: str = "csat", category: str = "service") -> Sent:
    id = UUID(int=Random(n).getrandbits(128))
    return Sent(
        id,
        message,
        category,
        "journey",
        UUID(int=n + 1),
        "main",
        UUID(int=n + 2),
        f"C{1000 + n % 500}",
        UUID(int=n),
        f"{1000 + n % 500}-1",
        AT,
    )


def all_of(message: str, category: str, count: int = 6000) -> list[Told]:
    return [told for n in range(count) for told in reactions(TERMS, sent(n, message, category))]


def test_the_same_message_always_leads_to_the_same() -> None:
    assert list(reactions(TERMS, sent(5))) == list(reactions(TERMS, sent(5)))
    assert all(told.occurred_at > AT - timedelta(hours=1) for n in range(400) for told in reactions(TERMS, sent(n)))


def test_nothing_happens_to_people_it_did_not_invent() -> None:
    stranger = Sent(UUID(int=1), "csat", "service", "j", UUID(int=2), "main", UUID(int=3), "17850", None, "", AT)
    assert list(reactions(TERMS, stranger)) == []


def test_answers_carry_what_asked_for_them() -> None:
    answers = [told for told in all_of("nps", "service", 2000) if told.name == "survey.answered"]
    assert 0.10 * 2000 < len(answers) < 0.18 * 2000
    assert {told.properties["kind"] for told in answers} == {"nps"}
    assert all(0 <= told.properties["score"] <= 10 and told.properties["run"] for told in answers)


def test_machines_and_people_are_told_apart_and_few_leave() -> None:
    told = all_of("reorder_reminder", "marketing")
    kinds = Counter((t.name, t.properties.get("by_machine")) for t in told)
    assert kinds["message.opened", True] > 500
    assert kinds["message.opened", False] > 2000
    assert 5 < kinds["message.unsubscribed", None] < 60
    assert kinds["consent.withdrawn", None] == kinds["message.unsubscribed", None]


def test_a_reminder_adds_the_orders_that_the_truth_says_and_a_confirmation_none() -> None:
    for message, category in (("reorder_reminder", "marketing"), ("win_back", "marketing"), ("order_confirmation", "transactional")):
        placed = [told for told in all_of(message, category) if told.name == "order.placed"]
        assert abs(len(placed) / 6000 - truth.effect(message).extra_orders) < 0.012, message
        assert all(told.occurred_at <= AT + timedelta(days=truth.effect(message).within_days + 1) for told in placed)
