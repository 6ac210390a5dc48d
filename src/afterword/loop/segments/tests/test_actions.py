"""Segments are kept, filled, followed and told of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from afterword.kit import sql
from afterword.loop.conditions.types import BadCondition
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.segments import door
from afterword.loop.segments.actions import fill, follow, reread
from afterword.loop.segments.models import Revision, Segment
from afterword.loop.segments.rules import condition
from afterword.loop.segments.types import BadSegment, TooHeavy

pytestmark = pytest.mark.django_db
T0 = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def order(who: str, at: datetime, total: int = 5000) -> Told:
    reference = f"{who}-{at:%m%d%H%M}"
    return Told(
        "order.placed", at, "test", reference, who=Who(external_id=who), order=reference,
        properties={"currency": "EUR", "total_minor": total, "items": 1, "country": "RO"},
    )  # fmt: skip


def live(until: datetime, *told: Told) -> int:
    """These events arrive and everything goes on to `until`."""
    identity.record(told, received_at=until)
    events.seal(until, known="occurred")
    return door.follow(until)


def keep(key: str, text: str, at: datetime = T0, **more: Any) -> Segment:
    return door.save_segment(key, name=key.title(), text=text, at=at, **more)


def told(key: str) -> list[tuple[str, datetime]]:
    """What was told of a segment's comings and goings, sealed or not."""
    text = "select name, occurred_at from event_inbox where properties ->> 'segment' = %s union all select name, occurred_at from event where properties ->> 'segment' = %s order by 2"  # noqa: E501
    return [(name, at) for name, at in sql.rows(text, [key, key])]


def test_who_comes_in_and_who_leaves_is_told_once_at_the_very_instant() -> None:
    live(T0)
    keep("busy", 'count(order.placed, last="30d") >= 2')
    first, second = T0 + DAY, T0 + 3 * DAY
    live(T0 + 4 * DAY, order("ana", first), order("ana", second))
    assert told("busy") == [("segment.entered", second)]
    live(T0 + 90 * DAY)
    assert told("busy") == [("segment.entered", second), ("segment.left", first + 30 * DAY)]
    live(T0 + 91 * DAY)
    assert len(told("busy")) == 2
    assert door.size("busy") == 0


def test_the_same_however_often_it_is_followed() -> None:
    live(T0)
    for key in ("once", "often"):
        keep(key, 'ever(order.placed, last="10d")')
    live(T0 + DAY, order("ana", T0 + DAY), order("bo", T0 + DAY))
    for n in range(2, 30):
        live(T0 + n * DAY, order("ana", T0 + n * DAY - timedelta(hours=3)) if n == 9 else order("cy", T0 + n * DAY))
    rows = (
        "select customer_id, known_from, known_to from segment_membership m join segment s on s.id = m.segment_id "
        "where key = %s order by 1, 2"
    )
    assert sql.rows(rows, ["once"]) == sql.rows(rows, ["often"])
    assert len(sql.rows(rows, ["once"])) == 3


def test_a_new_segment_counts_everybody_and_tells_nobody() -> None:
    live(T0 + DAY, order("ana", T0), order("bo", T0))
    keep("buyers", "ever(order.placed)", at=T0 + DAY)
    assert door.size("buyers") == 2
    assert told("buyers") == []


def test_another_condition_is_another_revision_and_the_old_one_stays_as_it_was() -> None:
    live(T0 + DAY, order("ana", T0, 9000), order("bo", T0, 1000))
    keep("rich", 'sum(order.placed, "total_minor") >= 50', at=T0 + DAY)
    assert door.size("rich") == 1
    keep("rich", 'sum(order.placed, "total_minor") >= 5', at=T0 + DAY, by="ana@shop.example")
    assert door.size("rich") == 2
    keep("rich", 'sum(order.placed,   "total_minor") >= 5', at=T0 + DAY)
    assert [(one.number, one.by) for one in door.known("rich").revisions] == [(2, "ana@shop.example"), (1, "")]
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.filter(number=1).update(text="ever(order.placed)")


def test_what_a_segment_names_is_pinned_and_follows_no_later_change() -> None:
    live(T0 + DAY, order("ana", T0, 9000), order("bo", T0, 1000))
    keep("rich", 'sum(order.placed, "total_minor") >= 50', at=T0 + DAY)
    keep("rich_here", 'in_segment("rich") and customer.country == "RO"', at=T0 + DAY)
    keep("rich", 'sum(order.placed, "total_minor") >= 5', at=T0 + DAY)
    assert (door.size("rich"), door.size("rich_here")) == (2, 1)
    assert door.known("rich_here").revisions[0].pins == {"rich": 1}
    assert door.named_by("rich") == [("rich_here", "Rich_Here")]
    keep("rich_here", 'in_segment("rich") and customer.country == "RO"', at=T0 + DAY)
    assert door.size("rich_here") == 2
    assert door.known("rich_here").revisions[0].pins == {"rich": 2}


@pytest.mark.parametrize(
    ("key", "name", "text", "said"),
    [
        ("Best!", "Best", "ever(order.placed)", "key: is “Best!”"),
        ("best", " ", "ever(order.placed)", "name: is missing"),
        ("best", "Best", "order.total > 50", "there is no order at hand"),
        ("best", "Best", 'in_segment("best")', "the segment “best” would be part of itself (best → best)"),
        ("best", "Best", "ever(segment.entered)", "a segment cannot hang on segment.entered"),
        ("best", "Best", 'in_segment("rest")', "there is no segment “rest”"),
    ],
)
def test_what_cannot_be_a_segment_is_refused_with_its_place(key: str, name: str, text: str, said: str) -> None:
    with pytest.raises((BadSegment, BadCondition)) as refusal:
        door.save_segment(key, name=name, text=text, at=T0)
    assert said in str(refusal.value)
    assert not Segment.objects.exists()


def test_an_archived_segment_has_nobody_and_keeps_its_past() -> None:
    live(T0 + DAY, order("ana", T0))
    keep("buyers", "ever(order.placed)", at=T0 + DAY)
    live(T0 + 2 * DAY)
    door.archive_segment("buyers", at=T0 + 2 * DAY)
    live(T0 + 3 * DAY, order("bo", T0 + 2 * DAY))
    assert door.size("buyers") == 0
    assert len(door.members_at("buyers", T0 + 36 * timedelta(hours=1))) == 1
    assert "buyers" not in door.texts()
    door.restore_segment("buyers", at=T0 + 3 * DAY)
    assert door.size("buyers") == 2
    assert not sql.rows("select 1 from segment_membership where known_from >= known_to")


def test_a_condition_that_cannot_be_asked_is_set_aside_and_stops_no_other() -> None:
    live(T0)
    keep("bad", "ever(order.placed)")
    keep("good", "ever(order.placed)")
    Revision.objects.filter(segment__key="bad").update(some="select * from nowhere")
    live(T0 + DAY, order("ana", T0 + DAY))
    assert door.size("good") == 1
    assert "nowhere" in door.known("bad").fault
    Revision.objects.filter(segment__key="bad").update(some=Revision.objects.get(segment__key="good").some)
    door.restore_segment("bad", at=T0 + DAY)
    assert door.known("bad").fault == ""
    assert door.size("bad") == 1


def test_a_condition_that_takes_too_long_is_ended_and_says_so() -> None:
    slow = "select id as customer_id, pg_sleep(5) is null as inside, null::timestamptz as again from generate_series(1, 2) id"
    with pytest.raises(TooHeavy, match=r"longer than 0\.05 seconds"):
        fill.counted(slow, T0, seconds=0.05)
    assert sql.value("select current_setting('statement_timeout')") == "0"


def test_whoever_goes_on_as_another_leaves_and_gives_their_past() -> None:
    live(T0)
    keep("busy", "count(order.placed) >= 2")
    live(T0 + DAY, order("ana", T0 + DAY), order("anna", T0 + DAY), order("ben", T0 + DAY))
    ids = [identity.customer_by("external", "main", who) for who in ("ana", "anna")]
    survivor = identity.merge_customers(ids[0], ids[1], T0 + 2 * DAY)  # type: ignore[arg-type]
    events.seal(T0 + 3 * DAY)
    door.follow(T0 + 3 * DAY)
    assert door.members_at("busy", T0 + 4 * DAY) == {survivor}


def test_whoever_was_forgotten_is_in_no_segment() -> None:
    live(T0)
    keep("buyers", "ever(order.placed)")
    live(T0 + DAY, order("ana", T0 + DAY))
    gone = identity.customer_by("external", "main", "ana")
    assert gone is not None
    identity.erase(gone, T0 + 2 * DAY)
    events.seal(T0 + 3 * DAY)
    door.follow(T0 + 3 * DAY)
    assert door.size("buyers") == 0
    assert [name for name, _ in told("buyers")] == ["segment.entered"]


def test_the_ready_made_segments_are_kept_once_and_a_shops_own_words_stay() -> None:
    live(T0)
    assert door.keep_shipped(at=T0) == [one.key for one in door.SHIPPED]
    keep("vip", 'sum(order.placed, "total_minor") >= 5')
    assert door.keep_shipped(at=T0) == []
    assert door.known("vip").text == 'sum(order.placed, "total_minor") >= 5'


def test_many_events_are_followed_in_several_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "MOST_EVENTS", 3)
    monkeypatch.setattr(follow, "MANY", 2)
    live(T0)
    keep("busy", 'count(order.placed, last="3d") >= 2')
    live(T0 + 20 * DAY, *(order(f"who{n % 4}", T0 + n * timedelta(hours=7)) for n in range(24)))
    assert door.size("busy") == 0
    assert [name for name, _ in told("busy")].count("segment.entered") == 4
    assert [name for name, _ in told("busy")].count("segment.left") == 4


def test_a_condition_elsewhere_carries_a_segment_as_it_stands_now() -> None:
    from afterword.loop.conditions.door import Scope, parse

    live(T0)
    keep("buyers", "ever(order.placed)")
    scope = Scope(events.vocabulary, segments=door.texts())
    assert parse('in_segment("buyers") and order.total > 5', scope) == parse("ever(order.placed) and order.total > 5", scope)


def test_a_segment_that_nobody_can_ever_be_in_is_refused() -> None:
    with pytest.raises(BadCondition, match="can never be true"):
        door.save_segment("nobody", name="Nobody", text='customer.country == "RO" and customer.country == "DE"', at=T0)


def test_a_segment_that_can_never_be_true_any_more_is_kept_with_its_fault_and_its_members(monkeypatch: pytest.MonkeyPatch) -> None:
    live(T0)
    never = 'count(order.placed) >= 1 and customer.language == "xx" and customer.language == "yy"'
    with monkeypatch.context() as before:  # the words of an edition in which it could
        before.setattr(condition, "oddities", lambda *_: [])
        keep("lost", never)
        keep("named", 'ever(order.placed) and not in_segment("lost")')
    keep("buyers", "ever(order.placed)")
    live(T0 + DAY, order("ana", T0 + timedelta(hours=1)))
    assert door.size("named") == 1
    (aside,) = door.reread()
    assert aside[0] == "Lost"
    assert "can never be true" in door.known("lost").fault
    assert door.reread() == [], "it is told once"
    live(T0 + 3 * DAY, order("bogdan", T0 + 2 * DAY))
    assert (door.size("buyers"), door.size("named")) == (2, 2), "nothing else stops"
    line = next(one for one in door.overview(T0 + 3 * DAY) if one.key == "lost")
    assert line.fault == door.known("lost").fault
    keep("lost", "ever(order.placed)", at=T0 + 3 * DAY)
    assert (door.known("lost").fault, door.size("lost")) == ("", 2)


def test_who_is_in_a_segment_that_cannot_be_read_any_more_stays_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    live(T0, order("ana", T0 - DAY))
    keep("buyers", 'count(order.placed, last="30d") >= 1')
    assert door.size("buyers") == 1
    monkeypatch.setattr(reread, "understood", gone)
    assert [name for name, _ in door.reread()] == ["Buyers"]
    live(T0 + 90 * DAY)
    assert door.size("buyers") == 1, "it would have left after thirty days"
    assert "no such event" in door.known("buyers").fault


def gone(text: str, *_: object, **__: object) -> None:
    raise BadCondition(column=1, text=text, fault="there is no such event", expected="an event of the vocabulary")
