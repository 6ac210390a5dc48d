"""Who is who, on a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from afterword.kit.testing import tokenless
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door
from afterword.loop.identity.types import UnknownCustomer

T0 = datetime(2026, 5, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db
_n = iter(range(10**6))


def page(**who: object) -> Told:
    return Told("page.viewed", T0, "test", f"p{next(_n)}", who=Who(**who))  # type: ignore[arg-type]


def tell(*told: Told) -> list[UUID | None]:
    """Record and seal; the customers of what was told, in order, ours left out."""
    recorded = door.record(told, received_at=T0 + timedelta(hours=1))
    assert not recorded.refused, recorded.refused
    with connection.cursor() as cursor:
        cursor.execute("select customer_id from event_inbox where source <> 'afterword' order by seq")
        found = [row[0] for row in cursor.fetchall()]
        cursor.execute("delete from event_inbox")
    return found


def test_the_same_shop_id_is_the_same_customer_and_another_store_another_one() -> None:
    a, b = tell(page(external_id="7"), page(external_id="7"))
    (c,) = tell(page(external_id="7"))
    door.record([Told("page.viewed", T0, "test", "other", store="outlet", who=Who(external_id="7"))], received_at=T0)
    assert a == b == c
    assert door.customer_by("external", "outlet", "7") not in (None, a)


def test_a_verified_address_leads_to_the_customer_and_an_unverified_one_does_not() -> None:
    (ana,) = tell(page(external_id="1", email="Ana@Example.com", verified=True))
    (same,) = tell(page(email=" ana@example.com", verified=True))
    (claimed,) = tell(page(email="ana@example.com"))
    assert same == ana
    assert claimed != ana
    assert tell(page(email="ana@example.com")) == [claimed]


def test_two_shop_ids_with_one_address_stay_two_customers() -> None:
    a, b = tell(page(external_id="1", email="x@example.com", verified=True), page(external_id="2", email="x@example.com", verified=True))
    assert a != b
    assert tell(page(email="x@example.com", verified=True)) == [a]


def test_a_guest_who_signs_up_goes_on_as_the_older_customer() -> None:
    (guest,) = tell(page(email="g@example.com", verified=True))
    (member,) = tell(page(external_id="9", email="g@example.com", verified=True))
    assert member == guest


def test_a_shop_id_and_an_address_known_apart_are_merged_once_they_are_told_together() -> None:
    (member,) = tell(page(external_id="9"))
    (guest,) = tell(page(email="g@example.com", verified=True))
    (both,) = tell(page(external_id="9", email="g@example.com", verified=True))
    assert both in (member, guest)
    loser = guest if both == member else member
    assert both is not None
    assert loser is not None
    assert set(door.pasts_of(both)) == {member, guest}
    assert tell(page(email="g@example.com", verified=True), page(external_id="9")) == [both, both]
    door.undo_merge(loser, T0 + timedelta(days=1))
    assert set(tell(page(email="g@example.com", verified=True), page(external_id="9"))) == {member, guest}


def test_what_an_anonymous_visitor_did_is_appended_once_they_have_a_name() -> None:
    assert tell(page(anonymous_id="a1"), page(anonymous_id="a1"), page(anonymous_id="a2")) == []
    (first, second, now) = tell(page(anonymous_id="a1", external_id="5"))
    assert first == second == now is not None
    assert tell(page(anonymous_id="a1")) == [now]


def test_a_shared_browser_does_not_merge_two_people() -> None:
    a, b = tell(page(anonymous_id="kiosk", external_id="1"), page(anonymous_id="kiosk", external_id="2"))
    assert a != b
    assert tell(page(anonymous_id="kiosk")) == [a]


def test_a_parcel_without_a_name_belongs_to_whoever_placed_the_order_also_when_it_is_told_first() -> None:
    scan = Told("shipment.delivered", T0, "test", "s1", order="1001", shipment="z1")
    assert tell(scan) == []
    contents = {"currency": "EUR", "total_minor": 5}
    placed = Told("order.placed", T0, "test", "o1", order="1001", who=Who(external_id="1"), properties=contents)
    delivered, ordered = tell(placed)
    assert delivered == ordered is not None
    assert tell(Told("shipment.returned", T0, "test", "s2", shipment="z1")) == [ordered]


def test_the_good_part_of_a_batch_is_kept_and_the_rest_says_what_is_wrong() -> None:
    bad = Told("order.placed", T0, "test", "o1", order="1", who=Who(external_id="1"), properties={"currency": "eur", "zone": "Mars"})
    got = door.record([page(external_id="1"), bad, Told("order.plased", T0, "test", "x", who=Who(external_id="1"))], received_at=T0)
    assert got.accepted == 1
    assert {(c.path, c.fault) for c in got.refused} == {
        ("events[1].properties.currency", "is 'eur'"),
        ("events[1].properties.zone", "is 'Mars'"),
        ("events[1].properties.total_minor", "is missing"),
        ("events[2].name", "is 'order.plased'"),
    }


def test_nothing_that_names_a_person_is_in_the_readable_part() -> None:
    properties = {"currency": "EUR", "total_minor": 5, "number": "1001", "full_name": "Ana", "gift_for": "Ion"}
    who = Who(email="ana@example.com")
    door.record([Told("order.placed", T0, "test", "o1", order="1001", who=who, properties=properties)], received_at=T0)
    with connection.cursor() as cursor:
        cursor.execute("select i.properties::text, p.properties from event_inbox i join event_personal p on p.event_id = i.id")
        plain, personal = cursor.fetchone()
    assert "1001" not in tokenless(plain)
    assert "Ion" not in tokenless(plain)
    assert '"email": "ana@example.com"' in str(personal).replace("'", '"')


def test_an_erased_person_who_comes_back_is_somebody_new() -> None:
    (ana,) = tell(page(external_id="1", email="ana@example.com", verified=True))
    assert ana is not None
    door.erase(ana, T0 + timedelta(days=1))
    (back,) = tell(page(external_id="1"))
    assert back not in (None, ana)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from event_personal where customer_id = %s", [ana])
        assert cursor.fetchone()[0] == 0
    with pytest.raises(UnknownCustomer):
        door.erase(UUID(int=1), T0)


def test_hostile_values_are_refused_with_their_path_and_nothing_breaks() -> None:
    hostile = [
        Told("page.viewed", T0, "test", "h1", who=Who(external_id="a\x00b")),
        Told("page.viewed", T0, "test", "h2", who=Who(external_id="1"), properties={"title": "\x00"}),
        Told("page.viewed", T0, "test", "h3", who=Who(external_id="1"), properties={"title": "\ud800"}),
        Told("page.viewed", T0, "test", "h4", who=Who(external_id="1"), properties={"extra": {"deep": ["\x00"]}}),
        Told("page.viewed", datetime(1, 1, 1, tzinfo=UTC), "test", "h5", who=Who(external_id="1")),
        Told("page.viewed", datetime(9999, 12, 31, tzinfo=UTC), "test", "h6", who=Who(external_id="1")),
        Told("product.viewed", T0, "test", "h7", who=Who(external_id="1"), product="x", properties={"price_minor": 10**400}),
        Told("page.viewed", T0, "test", "h8", who=Who(external_id="1"), properties={"extra": 10**400}),
        Told("page.viewed", T0, "test", "h9", store="Main Store", who=Who(external_id="1")),
        Told("page.viewed", T0, "test", "h10"),
    ]
    got = door.record([*hostile, page(external_id="1")], received_at=T0)
    assert got.accepted == 1
    assert len(got.refused) == len(hostile)
    assert events.seal(T0).count == 2
