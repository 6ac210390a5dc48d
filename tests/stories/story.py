"""A shop in a test: tell what happened, let time pass, look at what was said."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import pytest

from afterword.faces.mailbox.jobs import Mailbox
from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.errands import door as errands
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.journeys import door as journeys
from afterword.loop.messages.actions.hand_over import hand_over
from afterword.loop.messages.actions.judge import judge
from afterword.loop.messages.queries import servers
from afterword.loop.orders import jobs as orders

ANA = Who(external_id="ana", email="ana@example.com", verified=True)


class Story:
    """One shop, its clock, and its mailbox."""

    def __init__(self, start: datetime) -> None:
        self.now, self.serial = start, 0

    def told(
        self,
        name: str,
        *,
        who: Who = ANA,
        order: str | None = None,
        shipment: str | None = None,
        at: datetime | None = None,
        personal: dict[str, Any] | None = None,
        **properties: Any,
    ) -> None:
        """Something happened, now unless said otherwise."""
        self.serial += 1
        event = Told(
            name,
            at or self.now,
            "story",
            str(self.serial),
            who=who,
            order=order,
            shipment=shipment,
            properties=properties,
            personal=personal or {},
        )
        recorded = identity.record([event], received_at=self.now)
        assert not recorded.refused, recorded.refused

    def placed(self, order: str, *, who: Who = ANA, **more: Any) -> None:
        """An order of one jar of honey."""
        given: dict[str, Any] = {
            "currency": "EUR",
            "total_minor": 2450,
            "items": 1,
            "country": "RO",
            "language": "ro",
            "zone": "Europe/Bucharest",
            "lines": [
                {
                    "product": "honey",
                    "title": "Miere de tei",
                    "quantity": 1,
                    "unit_price_minor": 2450,
                    "life": "consumable",
                    "use_for_days": 40,
                }
            ],
            "promised_from": (self.now + timedelta(days=2)).isoformat(),
            "promised_to": (self.now + timedelta(days=3)).isoformat(),
        }
        self.told(
            "order.placed", who=who, order=order, personal={"number": order, "email": who.email, "full_name": "Ana Pop"}, **(given | more)
        )

    def parcel(self, order: str, milestone: str, **more: Any) -> None:
        """A word about the only parcel of an order."""
        self.told(f"shipment.{milestone}", order=order, shipment=f"P-{order}", last=True, carrier="Sameday", **more)

    def pass_until(self, until: datetime, *, step: timedelta = timedelta(hours=1)) -> None:
        """Let time pass, an hour at a time, with everything that the worker does."""
        while self.now < until:
            self.now = min(self.now + step, until)
            self.turn()

    def turn(self) -> None:
        """One round of the worker, a second later."""
        self.now += timedelta(seconds=1)
        with clock.travel(self.now):
            orders.tell_delays(self.now)
            for _ in range(3):
                self.now += timedelta(milliseconds=1)
                events.seal(self.now)
                journeys.tick(cast(datetime, events.frontier()))
                errands.perform(self.now)
                judge(self.now)
                hand_over(self.now)

    def mails(self) -> list[EmailMessage]:
        """What has arrived in the mailbox, the oldest first."""
        return [
            message_from_bytes(zlib.decompress(bytes(raw)), policy=policy.default)
            for (raw,) in sql.rows("select raw from mailbox_mail order by id")
        ]

    def states(self, message: str) -> list[tuple[str, str]]:
        """What became of a message's intents: state and reason."""
        return [(state, reason) for state, reason in sql.rows("select state, reason from message_intent where message = %s", [message])]

    def said(self) -> list[str]:
        """The keys of the messages that were sent, in order."""
        return [row[0] for row in sql.rows("select message from message_intent where state = 'sent' order by sent_at, planned_at")]


@contextmanager
def shop(start: datetime, monkeypatch: pytest.MonkeyPatch, *keys: str) -> Iterator[Story]:
    """A rehearsing shop with these shipped journeys live, and a real SMTP mailbox."""
    mailbox = Mailbox("127.0.0.1", 0)
    mailbox.start()
    monkeypatch.setenv("AFTERWORD_MAILBOX_PORT", str(mailbox.port))
    servers.mailbox.cache_clear()
    try:
        with clock.travel(start):
            accounts.save_store("main", by=None, name="Lut & Boabe", currency="EUR", languages=("ro", "en"), zone="Europe/Bucharest")
            story = Story(start)
            events.seal(start)
            journeys.keep_shipped(at=start)
            for key in keys or tuple(journeys.shipped()):
                journeys.publish(key, at=start, until=start)
            yield story
    finally:
        mailbox.stop()
        servers.mailbox.cache_clear()


def day(text: str) -> datetime:
    """`5 May 09:00` of 2026, in UTC."""
    return datetime.strptime(f"2026 {text}", "%Y %d %b %H:%M").replace(tzinfo=UTC)
