"""A journey that many complain about stops by itself, what is about an order does not, and a person lets it go on."""

from __future__ import annotations

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Any
from uuid import UUID

import pytest

from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.messages import door as messages
from afterword.loop.messages.actions.halt import watch
from afterword.loop.messages.rules.halts import halted

from .test_depart import Keeper, world  # noqa: F401
from .test_hand_over import released

ANA = Who("ana", "ana@b.example", verified=True)
pytestmark = pytest.mark.django_db(transaction=True)


def sent_and(complained: int, *, sent: int, at: datetime, first: int = 0) -> None:
    """So many messages of the win-back journey were sent, and so many of them called spam."""
    told = []
    for n in range(first, first + sent):
        about = {"message": "win_back", "journey": "win_back", "category": "marketing", "channel": "email", "rehearsal": False}
        id = UUID(int=10_000 + n)
        told.append(Told("message.sent", at, "test", f"s{n}", who=ANA, message_id=id, properties=about))
        if n < first + complained:
            told.append(
                Told(
                    "message.complained",
                    at,
                    "test",
                    f"c{n}",
                    who=ANA,
                    message_id=id,
                    properties={k: v for k, v in about.items() if k != "rehearsal"},
                )
            )
    assert not identity.record(told, received_at=at).refused
    events.seal(clock.real_now())


@pytest.mark.parametrize(
    ("sent", "complained", "bounced", "why"),
    [(99, 50, 50, ""), (1000, 2, 0, ""), (1000, 3, 0, "complaints"), (100, 2, 4, ""), (100, 0, 5, "bounces"), (10_000, 29, 499, "")],
)
def test_what_stops_is_a_share_of_enough(sent: int, complained: int, bounced: int, why: str) -> None:
    assert halted(sent, complained, bounced) == why


def test_it_stops_the_team_is_told_and_somebody_lets_it_go_on(world: tuple[Keeper, Any]) -> None:  # noqa: F811
    accounts.create_member("olga@shop.example", "owner", by=None)
    accounts.create_member("eva@shop.example", "analyst", by=None)
    now = clock.real_now()
    sent_and(4, sent=400, at=now)
    assert (watch(clock.real_now()), watch(clock.real_now())) == (1, 0)
    assert [r for _, r, _ in world[0].kept] == ["olga@shop.example"]
    assert messages.halted()["win_back"].part == 4
    messages.go_live("order_confirmation", answer="does_not", by=None, at=now)
    marketing, order = released("win_back", "ana"), released("order_confirmation", "bogdan", "transactional")
    messages.hand_over(clock.real_now())
    assert [r for _, r, _ in world[0].kept] == ["olga@shop.example", "bogdan@b.example"]
    assert sql.rows("select state, attempts, response from message_delivery where intent_id = %s", [marketing]) == [
        ("deferred", 0, "stopped by itself")
    ]
    assert sql.value("select state from message_intent where id = %s", [order]) == "sent"
    assert messages.lift_halt("win_back", at=clock.real_now(), by="olga@shop.example")
    assert not messages.lift_halt("win_back", at=clock.real_now(), by="olga@shop.example")
    messages.hand_over(clock.real_now())
    assert sql.value("select state from message_intent where id = %s", [marketing]) == "sent"
    assert watch(clock.real_now() + timedelta(seconds=1)) == 0  # counted anew from where somebody has looked


def test_the_mail_to_the_team_calls_a_campaign_by_its_name(world: tuple[Keeper, Any]) -> None:  # noqa: F811
    from afterword.loop.campaigns.models import Campaign

    accounts.create_member("olga@shop.example", "owner", by=None)
    now = clock.real_now()
    Campaign.objects.create(key="spring", name="Spring offer", store="main", plan={}, created_at=now)
    sql.run("insert into message_halt (origin, since, why, part, sent) values ('campaign:spring', %s, 'bounces', 60, 1000)", [now])
    watch(now)
    ((_, _, raw),) = world[0].kept
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["Subject"] == "“Spring offer” has stopped sending"
    assert "campaign:" not in mail.as_string()
