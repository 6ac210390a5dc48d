"""What customers allow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from afterword.kit import sql
from afterword.loop.consent import door
from afterword.loop.consent.models import ConsentHistory
from afterword.loop.consent.types import Allowed, NoColumns
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity

T0 = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PROOF = {"words": "Yes, write to me.", "page": "https://shop.example/checkout"}
pytestmark = pytest.mark.django_db


def ana(n: int = 1) -> UUID:
    who = Who(external_id=str(n), email=f"ana{n}@example.com", verified=True)
    identity.record([Told("customer.updated", T0, "test", f"u{n}", who=who)], received_at=T0)
    events.seal(T0 + timedelta(seconds=n))
    found = identity.customer_by("external", "main", str(n))
    assert found
    return found


def state(customer: UUID, *, store: str = "main", channel: str = "email", purpose: str = "marketing") -> Allowed:
    return door.may([customer], store=store, channel=channel, purpose=purpose)[customer]


def test_the_last_word_that_fits_decides() -> None:
    customer = ana()
    assert state(customer).state == "unknown"
    door.grant(customer, channel="email", purpose="marketing", proof=PROOF, at=T0 + DAY, how="checkout")
    events.seal(T0 + DAY)
    assert state(customer) == Allowed("granted", False)
    assert state(customer, store="outlet").state == "unknown"
    assert state(customer, channel="sms").state == "unknown"
    door.withdraw(customer, channel="all", purpose="all", at=T0 + 2 * DAY, every_store=True, how="unsubscribe")
    events.seal(T0 + 2 * DAY)
    assert state(customer).state == state(customer, store="outlet", channel="sms").state == "withdrawn"
    door.grant(customer, channel="email", purpose="marketing", proof=PROOF, at=T0 + 3 * DAY)
    events.seal(T0 + 3 * DAY)
    assert state(customer).state == "granted"
    assert state(customer, purpose="service").state == "withdrawn"
    rows = sorted(map(str, ConsentHistory.objects.values_list()))
    door.rebuild()
    assert sorted(map(str, ConsentHistory.objects.values_list())) == rows


def test_after_a_merge_the_stricter_word_counts() -> None:
    one, other = ana(1), ana(2)
    door.grant(one, channel="email", purpose="marketing", proof=PROOF, at=T0 + DAY)
    door.withdraw(other, channel="email", purpose="marketing", at=T0)
    survivor = identity.merge_customers(one, other, T0 + DAY)
    events.seal(T0 + DAY)
    assert state(survivor).state == "withdrawn"


def test_an_address_that_came_back_for_good_gets_nothing_more() -> None:
    customer = ana()
    properties = {"message": "m", "channel": "email", "permanent": True}
    bounced = Told("message.bounced", T0, "test", "b", customer_id=customer, properties=properties)
    identity.record([bounced], received_at=T0)
    events.seal(T0 + DAY)
    assert state(customer).suppressed
    assert door.lift_suppression("email", " ANA1@example.com", at=T0 + DAY)
    assert not state(customer).suppressed


def test_consents_are_taken_over_and_bad_lines_named_by_row() -> None:
    text = """external_id,email,channel,purpose,state,at,how,words,page
7,io@example.com,email,marketing,granted,2025-01-01T10:00:00Z,checkout,Write to me,/checkout
11,una@example.com,email,marketing,granted,2025-01-01T10:00:00Z,checkout,,
,ann@example.com,,,withdrawn,2025-01-01,
,bad@example.com,email,,suppressed,,
,,email,marketing,granted,,
8,x@example.com,email,marketing,maybe,,
9,not an address,email,marketing,granted,,
"""
    done = door.import_consents(text.splitlines(), store="main", at=T0)
    assert (done.granted, done.withdrawn, done.suppressed, done.unproven, len(done.refused)) == (2, 1, 1, 1, 3)
    assert [c.path for c in done.refused][:2] == ["row 6", "row 7.state"]
    assert done.refused[2].path == "row 8.who.email"
    events.seal(T0 + DAY)
    io = identity.customer_by("external", "main", "7")
    assert io
    assert state(io).state == "granted"
    una = identity.customer_by("external", "main", "11")
    assert una
    assert state(una).state == "unproven"
    again = door.import_consents(text.splitlines(), store="main", at=T0)
    assert (again.granted, again.withdrawn, again.suppressed, again.repeated) == (0, 0, 0, 3)
    assert sql.value("select count(*) from consent_suppression where address_mark = address_mark('BAD@example.com ')") == 1
    with pytest.raises(NoColumns):
        door.import_consents(["a,b", "1,2"], store="main", at=T0)
