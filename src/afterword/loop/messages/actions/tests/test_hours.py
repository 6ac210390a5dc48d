"""Advertisements keep the hours of the law where they ring, by country and channel; what is about an order keeps none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from afterword.kit import clock, sql
from afterword.loop.channels import door as channels
from afterword.loop.events import door as events
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages

from .test_ways import allow, phone, planned

__all__ = ["phone"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("country", "channel", "category", "local", "said"),
    [
        ("US", "sms", "marketing", "20:30", ("held", "quiet hours")),
        ("US", "sms", "marketing", "19:30", ("released", "")),
        ("US", "sms", "transactional", "23:30", ("released", "")),
        ("US", "web_push", "marketing", "20:30", ("released", "")),
        ("KR", "web_push", "marketing", "21:30", ("held", "quiet hours")),
        ("KR", "sms", "marketing", "20:30", ("released", "")),
        ("KR", "email", "marketing", "23:30", ("released", "")),
        ("FR", "sms", "marketing", "23:30", ("released", "")),  # operators' rules are the store's own quiet hours
    ],
)
def test_the_law_s_hours(phone: object, country: str, channel: str, category: str, local: str, said: tuple[str, str]) -> None:
    id = planned(channel, category)
    customer = allow(id, channel, category)
    channels.link(customer, "web_push", "{}", how="opt_in", at=clock.real_now(), store="main")
    events.seal(clock.real_now())
    sql.run("update accounts_store set quiet_from = null, quiet_until = null")
    sql.run("update customer_history set country = %s, zone = 'UTC'", [country])
    journeys.strike(zones=["UTC"])
    hour, minute = map(int, local.split(":"))
    moment = (clock.real_now() + timedelta(days=1)).replace(hour=hour, minute=minute, second=0, microsecond=0)
    events.seal(moment)
    messages.judge(moment)
    assert sql.one("select state, reason from message_intent where id = %s", [id]) == said
