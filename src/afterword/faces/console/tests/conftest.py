"""A small shop in two stores: two customers, three orders, a low score, a message that went and one that did not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from afterword.kernel.errors import Complaint
from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.intake import door as intake
from afterword.loop.intake.types import Kept
from afterword.loop.messages.queries import servers

AT = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
SENT, DROPPED = UUID(int=101), UUID(int=102)
ANA = Who(external_id="ana", email="ana@example.com", verified=True)
BOGDAN = Who(external_id="bogdan", email="bogdan@example.com", verified=True)
INTENT = """
insert into message_intent (id, origin, run, step, subject_id, customer_id, order_id, store, message, channel, category, planned_at,
    useful_until, state, reason, judged_at, sent_at, checks)
values (%(id)s, 'satisfaction', %(run)s, %(step)s, %(order)s, %(customer)s, %(order)s, 'main', %(message)s, 'email', %(category)s, %(at)s,
    %(until)s, %(state)s, %(reason)s, %(at)s, %(sent)s, %(checks)s)
"""


@dataclass(frozen=True)
class Shop:
    """What there is, by id."""

    ana: UUID
    bogdan: UUID
    first: UUID
    foreign: UUID
    event: UUID
    body: int

    def addresses(self) -> list[str]:
        """Every page that shows something of customers."""
        return [
            "/customers/", f"/customers/{self.ana}/", f"/customers/{self.ana}/why/{SENT}", f"/customers/{self.ana}/why/{DROPPED}",
            "/orders/", f"/orders/{self.first}/", "/events/", f"/events/{self.event}",
        ]  # fmt: skip


def told(name: str, source_id: str, who: Who, *, order: str | None = None, store: str = "main", at: datetime = AT, **more: Any) -> Told:
    """An event of this shop."""
    return Told(name, at, "test", source_id, store=store, who=who, order=order, shipment=more.pop("shipment", None),
                properties=more.pop("p", {}),
                personal=more.pop("personal", {}))  # fmt: skip


def placed(number: str, who: Who, **more: Any) -> Told:
    """An order of one jar of honey, promised for the day after tomorrow."""
    lines = [{"product": "honey", "title": "Miere de tei", "quantity": 2, "unit_price_minor": 1225}]
    properties = {"currency": "EUR", "total_minor": 2450, "items": 2, "lines": lines, "country": "RO", "language": "ro",
                  "zone": "Europe/Bucharest", "promised_to": (AT + timedelta(days=2)).isoformat()}  # fmt: skip
    name = "Ana Popovici" if who is ANA else "Bogdan Stan"
    return told("order.placed", f"placed-{number}", who, order=number, p=properties,
                personal={"number": number, "email": who.email, "full_name": name}, **more)  # fmt: skip


@pytest.fixture(autouse=True)
def _no_mail_leaves(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Letters to the team find nobody who takes them, least of all an installation that runs beside the tests."""
    monkeypatch.setenv("AFTERWORD_MAILBOX_PORT", "1")
    servers.mailbox.cache_clear()
    yield
    servers.mailbox.cache_clear()


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    """The shop, a day after its first order."""
    for key, name in (("main", "Lut & Boabe"), ("other", "Glaze")):
        accounts.save_store(key, by=None, name=name, currency="EUR", languages=("ro", "en"), zone="Europe/Bucharest")
    now = AT + timedelta(days=1)
    with clock.travel(now):
        recorded = identity.record(
            [
                placed("A1", ANA), placed("A2", ANA, at=AT + timedelta(hours=2)), placed("B1", BOGDAN, store="other"),
                told("shipment.accepted", "acc", ANA, order="A1", shipment="P1", p={"carrier": "Sameday"}),
                told("shipment.delivered", "del", ANA, order="A1", shipment="P1", at=AT + timedelta(hours=20), p={"last": True}),
                told("page.viewed", "page", ANA, p={"title": "Honey"}),
                told("consent.granted", "yes", ANA, p={"channel": "email", "purpose": "marketing", "how": "checkout"},
                     personal={"proof": {"words": "Yes, write to me.", "page": "/checkout"}}),
                told("survey.answered", "low", ANA, order="A1", at=AT + timedelta(hours=21), p={"survey": "csat", "score": 1},
                     personal={"comment": "Borcanul era spart."}),
            ],
            received_at=now,
        )  # fmt: skip
        assert not recorded.refused, recorded.refused
        events.seal(now)
        events.seal(now + timedelta(seconds=1))  # what followed from it: the order arrived with its last parcel
        by_name = "select id from customers_customer where full_name = %s"
        ana, bogdan = (sql.value(by_name, [name]) for name in ("Ana Popovici", "Bogdan Stan"))
        first, foreign = events.order_id("main", "A1"), events.order_id("other", "B1")
        row = {"run": UUID(int=9), "order": first, "customer": ana, "until": now + timedelta(days=5)}
        go = {
            "id": SENT,
            "step": "ask",
            "message": "csat",
            "category": "service",
            "at": AT + timedelta(hours=20),
            "state": "sent",
            "reason": "",
        }
        no = {"id": DROPPED, "step": "sell", "message": "reorder_reminder", "category": "marketing", "state": "dropped"}
        sql.run(INTENT, row | go | {"sent": AT + timedelta(hours=20), "checks": '{"guard": "", "day_count": 0, "week_count": 0}'})
        why = {"reason": "enough this week already", "at": AT + timedelta(hours=22), "sent": None}
        sql.run(INTENT, row | no | why | {"checks": '{"guard": "caps", "day_count": 1, "week_count": 4, "zone": "Europe/Bucharest"}'})
        sql.run(
            "insert into message_delivery (intent_id, customer_id, store, channel, address, subject, locale, state) "
            "values (%s, %s, 'main', 'email', 'ana@example.com', 'Cum a fost, Ana Popovici?', 'ro', 'accepted')",
            [SENT, ana],
        )
        body = b'{"name": "order.placd", "who": "ana@example.com"}'
        intake.keep([Kept("api", "main", body, (Complaint("name", "is not known", "a name"),))], received_at=now)
        event = sql.value("select id from event where name = 'survey.answered'")
        yield Shop(ana, bogdan, first, foreign, event, int(sql.value("select id from event_quarantine")))


@pytest.fixture
def mihai(shop: Shop) -> accounts.Member:
    """Somebody of the support of the second store only."""
    return accounts.create_member(
        "mihai@shop.example", "support", by=None, name="Mihai", stores=("other",), password="mihai has a password"
    )


@pytest.fixture
def dana(shop: Shop) -> accounts.Member:
    """A marketer: sees customers, but nothing that names them."""
    return accounts.create_member("dana@shop.example", "marketer", by=None, name="Dana", password="dana has a password")
