"""The small shop of the console's own tests, with mails in its mailbox and a published journey."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from afterword.faces.console.tests.conftest import SENT, Shop
from afterword.faces.console.tests.conftest import dana as dana
from afterword.faces.console.tests.conftest import mihai as mihai
from afterword.faces.console.tests.conftest import shop as small_shop
from afterword.faces.mailbox.actions import Arrived, keep_mails
from afterword.kit import clock, sql
from afterword.loop.campaigns import door as campaigns
from afterword.loop.campaigns.door import Plan
from afterword.loop.channels import door as channels
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages
from afterword.loop.segments import door as segments

__all__ = ["dana", "mihai", "small_shop"]
SEGMENT = "buyers"


def mail() -> Arrived:
    """A mail of the shop to Ana."""
    written = EmailMessage()
    written["From"], written["To"], written["Subject"] = "shop@shop.example", "Ana Popovici <ana@example.com>", "Cum a fost, Ana Popovici?"
    written["Message-ID"] = f"<{SENT}@shop.example>"
    written.set_content("Buna, Ana Popovici, ana@example.com")
    return Arrived("shop@shop.example", "ana@example.com", written.as_bytes())


@pytest.fixture(name="shop")
def shop_with_mail(small_shop: Shop) -> Shop:
    """With a mail, the shipped journeys, a segment, and by one name a campaign, a block, and somebody who carries messages."""
    journeys.keep_shipped(at=clock.real_now())
    segments.save_segment(SEGMENT, name="Buyers", text="ever(order.placed)", at=clock.real_now())
    plan = Plan(kind="product_update", segment=SEGMENT, messages=("vip_thanks",))
    campaigns.keep("csat", name="Spring", plan=plan, at=clock.real_now())
    messages.write.save_block("csat", "Ours", "<mj-text>Ours</mj-text>", at=clock.real_now())
    webhook = {"url": "https://shop.example/notes", "secret": "whsec_" + "c2VjcmV0" * 6}
    channels.set_provider("csat", "webhook", webhook, by=None, at=clock.real_now())
    keep_mails([mail()])
    sql.run("update message_delivery set body = %s where intent_id = %s", [mail().raw, SENT])
    return small_shop
