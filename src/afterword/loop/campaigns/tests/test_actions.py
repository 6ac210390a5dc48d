"""Campaigns are drawn, released, paced, stopped, paused and decided; nobody is written to twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from afterword.kernel.ids import dice
from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.campaigns import door
from afterword.loop.campaigns.actions import release as release_module
from afterword.loop.campaigns.actions.conclude import conclude, pace
from afterword.loop.campaigns.actions.release import DICE, release
from afterword.loop.campaigns.types import BadCampaign, NeedsApproval, NotNow, Plan
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.messages.actions.judge import judge
from afterword.loop.messages.queries.occasions import occasions
from afterword.loop.segments import door as segments

pytestmark = pytest.mark.django_db
T0 = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
PLAN = Plan(kind="product_update", segment="buyers", messages=("product_update",))


def tell(until: datetime, *told: Told) -> None:
    identity.record(told, received_at=until)
    events.seal(until, known="occurred")
    segments.follow(until)


def bought(who: str, at: datetime = T0, zone: str = "Europe/Bucharest", **more: Any) -> Told:
    return Told(
        "order.placed", at, "test", f"{who}-{at:%m%d%H%M}", who=Who(external_id=who, email=f"{who}@example.com", verified=True),
        order=f"{who}-{at:%m%d}", **more,
        properties={"currency": "EUR", "total_minor": 5000, "total_base_minor": 5000, "items": 1, "country": "RO", "zone": zone},
    )  # fmt: skip


@pytest.fixture
def shop() -> int:
    """Sixty people who have bought, and a segment of them."""
    accounts.save_store("main", by=None, name="Lut & Boabe", currency="EUR", languages=("ro", "en"), zone="Europe/Bucharest")
    accounts.set_global_holdout(0.0, by=None)
    tell(T0 + HOUR, *(bought(f"p{n}", zone=("Europe/Bucharest", "America/New_York")[n % 2]) for n in range(60)))
    segments.save_segment("buyers", name="Buyers", text="ever(order.placed)", at=T0 + HOUR)
    return 60


def begun(now: datetime = T0 + 2 * HOUR, key: str = "news", **more: Any) -> door.Campaign:
    plan = Plan.of({**PLAN.plain(), **more})
    door.keep(key, name="News", plan=plan, at=now)
    row = door.start(key, at=now)
    tell(now + MINUTE)
    return row


def states(key: str = "news") -> dict[str, int]:
    counted = sql.rows("select state, count(*) from message_intent where origin = %s group by 1", [f"campaign:{key}"])
    return {state: int(count) for state, count in counted}


def test_the_dice_of_the_statement_are_the_dice_of_the_log() -> None:
    ids = [UUID(int=n * 7919**9 % 2**128) for n in range(1, 200)]
    text = f"select {DICE} from unnest(%s::uuid[]) as f(customer_id)"
    assert [row[0] for row in sql.rows(text, [ids])] == [dice(id) for id in ids]


def test_everybody_of_the_segment_is_written_to_once_however_often_it_is_released(shop: int) -> None:
    begun()
    assert release(T0 + 3 * HOUR) == shop
    assert release(T0 + 3 * HOUR) == 0
    assert states() == {"planned": shop}
    sql.run("update campaign set state = 'scheduled'")
    assert release(T0 + 3 * HOUR) == 0, "as if a process had died before it could say that it was done"
    assert states() == {"planned": shop}


def test_the_segment_counts_as_it_was_at_the_moment_and_meant_at_the_start(shop: int) -> None:
    now = T0 + 2 * HOUR
    door.keep("news", name="News", plan=Plan.of({**PLAN.plain(), "timing": "at", "at": (now + DAY).isoformat()}), at=now)
    door.start("news", at=now)
    segments.save_segment("buyers", name="Buyers", text="count(order.placed) >= 9", at=now)
    tell(now + DAY - MINUTE, bought("early", now + DAY - HOUR))
    tell(now + DAY + HOUR, bought("late", now + DAY + MINUTE))
    release(now + DAY + HOUR)
    assert states() == {"planned": shop + 1}


def test_nothing_is_released_before_the_log_is_sealed_up_to_its_moment(shop: int) -> None:
    now = T0 + 5 * HOUR
    door.keep("news", name="News", plan=PLAN, at=now)
    door.start("news", at=now)
    assert release(now + MINUTE) == 0
    tell(now + MINUTE)
    assert release(now + MINUTE) == shop


def test_one_that_cannot_be_let_go_is_stopped_with_its_reason_and_holds_no_other_up(shop: int, monkeypatch: pytest.MonkeyPatch) -> None:
    begun()
    with monkeypatch.context() as broken:
        broken.setattr(release_module, "DRAW", "select 1 / 0")
        assert release(T0 + 3 * HOUR) == 0
    row = door.one("news")
    assert (row.state, row.fault) == ("stopped", "division by zero")
    begun(T0 + 3 * HOUR, key="other")
    assert release(T0 + 4 * HOUR) == shop


def test_nine_o_clock_is_nine_o_clock_where_people_are(shop: int) -> None:
    begun(timing="local", day="2026-03-03", hour="09:00")
    tell(T0 + 2 * DAY)
    release(T0 + 2 * DAY)
    found = dict(sql.rows("select zone, min(planned_at) from campaign_person group by 1"))
    assert found["Europe/Bucharest"] == datetime(2026, 3, 3, 7, tzinfo=UTC)
    assert found["America/New_York"] == datetime(2026, 3, 3, 14, tzinfo=UTC)


def test_people_have_their_turn_at_the_pace_that_was_set(shop: int) -> None:
    row = begun(per_minute=10)
    release(T0 + 3 * HOUR)
    assert row.release_at is not None
    turns = [at for (at,) in sql.rows("select planned_at from campaign_person order by 1")]
    assert turns == [row.release_at + n * MINUTE / 10 for n in range(shop)]
    with clock.travel(T0 + 4 * HOUR):
        judge(T0 + 4 * HOUR)
    assert pace(T0 + 4 * HOUR) == shop
    leaves = [at for (at,) in sql.rows("select next_at from message_delivery order by 1")]
    assert leaves[-1] - leaves[0] == (shop - 1) * MINUTE / 10
    assert pace(T0 + 4 * HOUR) == 0


def test_holdouts_are_drawn_first_and_the_same_people_are_left_alone_everywhere(shop: int) -> None:
    accounts.set_global_holdout(0.3, by=None)
    begun(kind="offer", messages=["win_back"], holdout=0.2)
    begun(key="other", kind="offer", messages=["anniversary"])
    release(T0 + 3 * HOUR)
    drawn = "select customer_id from campaign_person p join campaign c on c.id = p.campaign_id where c.key = %s and arm = %s"
    alone = {key: {row[0] for row in sql.rows(drawn, [key, "everywhere"])} for key in ("news", "other")}
    assert alone["news"] == alone["other"]
    assert 8 <= len(alone["news"]) <= 28
    held = len(sql.rows(drawn, ["news", "held_out"]))
    assert 2 <= held <= 22
    assert states() == {"planned": shop - len(alone["news"]) - held}


def test_service_news_know_no_global_holdout(shop: int) -> None:
    accounts.set_global_holdout(0.3, by=None)
    begun()
    release(T0 + 3 * HOUR)
    assert states() == {"planned": shop}


def test_what_has_not_gone_does_not_go_when_it_is_stopped(shop: int) -> None:
    begun(per_minute=1)
    release(T0 + 3 * HOUR)
    now = T0 + 2 * HOUR + 20 * MINUTE + timedelta(seconds=30)
    with clock.travel(now):
        judge(now)
    assert states() == {"released": 21, "planned": shop - 21}
    sql.run("update message_intent set state = 'sent', sent_at = released_at where id in "
            "(select intent_id from message_delivery order by intent_id limit 5)")  # fmt: skip
    sql.run("update message_delivery set state = 'accepted', next_at = null where intent_id in "
            "(select id from message_intent where state = 'sent')")  # fmt: skip
    held = sql.value("update message_delivery set state = 'handed' where intent_id = "
                     "(select intent_id from message_delivery where state = 'queued' limit 1) returning intent_id")  # fmt: skip
    assert door.stop("news", at=now) == shop - 6
    assert states() == {"sent": 5, "released": 1, "dropped": shop - 6}, "what is being handed over goes"
    assert sql.value("select state from message_intent where id = %s", [held]) == "released"
    assert door.reasons("news") == [("dropped", "the campaign was stopped", shop - 6)]
    told = sql.value("select count(*) from event_inbox where name = 'message.dropped' and properties ->> 'campaign' = 'news'")
    assert told == shop - 6
    with pytest.raises(NotNow):
        door.resume("news", at=now)


def test_before_its_time_it_is_called_off_and_never_goes(shop: int) -> None:
    begun(timing="at", at=(T0 + DAY).isoformat())
    assert door.stop("news", at=T0 + 3 * HOUR) == 0
    assert door.one("news").state == "cancelled"
    tell(T0 + 2 * DAY)
    assert release(T0 + 2 * DAY) == 0


def test_a_paused_campaign_sleeps_and_goes_on_at_its_pace(shop: int) -> None:
    begun(per_minute=1)
    release(T0 + 3 * HOUR)
    now = T0 + 2 * HOUR + 10 * MINUTE
    with clock.travel(now):
        judge(now)
        assert door.pause("news", at=now) == shop
        judge(now + HOUR)
        assert states() == {"planned": shop}
        assert sql.value("select count(*) from message_delivery") == 0
        assert door.resume("news", at=now + 2 * HOUR) == shop
        judge(now + 2 * HOUR)
    assert states() == {"released": 1, "planned": shop - 1}


def test_the_winner_goes_to_the_rest_when_the_rule_has_its_answer(shop: int) -> None:
    now = T0 + 3 * HOUR
    begun(messages=["product_update", "vip_thanks"], test_share=0.6, within_days=1, base=0.1, smallest=0.4, unclear="wait")
    release(now)
    first = states()["planned"]
    with clock.travel(now):
        judge(now)
    sql.run("update message_intent set state = 'sent', sent_at = released_at where state = 'released'")
    assert conclude(now) == 0
    clicks = sql.rows("select id, customer_id from message_intent where message = 'vip_thanks'")
    told = [
        Told("message.clicked", now + HOUR, "test", f"click{n}", customer_id=customer, message_id=id,
             properties={"message": "vip_thanks", "url": "https://x", "by_machine": False})
        for n, (id, customer) in enumerate(clicks)
    ]  # fmt: skip
    tell(now + 2 * HOUR, *told)
    assert conclude(now + 2 * HOUR) == 0, "it is not looked at before its time"
    assert conclude(now + 2 * DAY) == 1
    row = door.one("news")
    assert row.found is not None
    assert (row.winner, row.decided_by, row.found["state"]) == ("B", "", "won")
    assert sum(states().values()) == shop
    rest = sql.rows("select distinct m.message from message_intent m join campaign_person p on p.customer_id = m.run where p.part = 'rest'")
    assert rest == [("vip_thanks",)]
    assert first < shop
    assert conclude(now + 2 * DAY) == 0


def test_what_machines_clicked_decides_nothing_and_a_person_may_choose(shop: int) -> None:
    now = T0 + 3 * HOUR
    begun(messages=["product_update", "vip_thanks"], test_share=0.6, within_days=1, base=0.1, smallest=0.4, unclear="wait")
    release(now)
    with clock.travel(now):
        judge(now)
    sql.run("update message_intent set state = 'sent', sent_at = released_at where state = 'released'")
    told = [
        Told("message.clicked", now + HOUR, "test", f"click{n}", customer_id=customer, message_id=id,
             properties={"message": "vip_thanks", "url": "https://x", "by_machine": True})
        for n, (id, customer) in enumerate(sql.rows("select id, customer_id from message_intent where message = 'vip_thanks'"))
    ]  # fmt: skip
    tell(now + 2 * HOUR, *told)
    conclude(now + 2 * DAY)
    row = door.one("news")
    assert row.found is not None
    assert (row.winner, row.found["state"], row.state) == ("", "unclear", "sending")
    reacted = door.figures.reactions(row)
    assert (reacted["clicked"], reacted["clicked_by_machine"]) == (0, len(told))
    assert door.choose("news", "A", by=None, at=now + 2 * DAY) > 0
    assert sum(states().values()) == shop
    with pytest.raises(door.AlreadyDecided):
        door.choose("news", "B", by=None, at=now + 2 * DAY)


def test_what_would_be_is_told_by_reason_and_nothing_is_kept(shop: int) -> None:
    door.keep(
        "news", name="News", plan=Plan.of({**PLAN.plain(), "kind": "offer", "messages": ["win_back"], "holdout": 0.2}), at=T0 + 2 * HOUR
    )
    found = door.foresee("news", T0 + HOUR)
    assert found.people == shop
    assert found.held_out > 0
    assert found.go + found.held_out + sum(count for *_, count in found.back) == shop
    assert ("drop", "no consent to marketing") in {one[:2] for one in found.back} or found.go == 0
    assert sql.value("select count(*) from campaign_person") == 0
    assert door.one("news").state == "draft"
    assert door.foresee("news", T0 - DAY).people == 0, "the past is asked as it was"


def test_where_a_second_person_is_wanted_nobody_starts_alone(shop: int) -> None:
    accounts.set_second_person(True, by=None)
    ana = accounts.create_member("ana@shop.example", "owner", by=None)
    bea = accounts.create_member("bea@shop.example", "owner", by=None)
    now = T0 + 2 * HOUR
    door.keep("news", name="News", plan=PLAN, at=now)
    with pytest.raises(NeedsApproval):
        door.start("news", at=now, by=ana)
    door.ask_approval("news", by=ana, at=now, note="Spring")
    mark = door.mark_of(door.one("news"))
    with pytest.raises(accounts.OwnRequest):
        door.decide_approval("news", approved=True, mark=mark, by=ana, at=now)
    door.keep("news", name="News", plan=Plan.of({**PLAN.plain(), "per_minute": 5}), at=now)
    with pytest.raises(accounts.NothingAsked):
        door.decide_approval("news", approved=True, mark=mark, by=bea, at=now)
    door.ask_approval("news", by=ana, at=now)
    door.decide_approval("news", approved=True, mark=door.mark_of(door.one("news")), by=bea, at=now)
    assert door.one("news").state == "scheduled"


def test_letters_of_an_invitation_know_what_it_invites_to_and_are_of_no_use_afterwards(shop: int) -> None:
    starts = T0 + DAY
    begun(kind="invitation", messages=["exclusive_content"], event_at=starts.isoformat(), place="Strada Lungă 12", useful_hours=700)
    release(T0 + 3 * HOUR)
    found = occasions(["campaign:news", "win_back"])
    about = {"place": "Strada Lungă 12", "zone": "Europe/Bucharest", "uid": "campaign-news"}
    assert found == {"campaign:news": {"name": "News", "starts_at": starts, "ends_at": starts + 2 * HOUR, **about}}
    assert sql.rows("select distinct useful_until from message_intent") == [(starts,)]


def test_a_started_plan_stands_and_a_copy_is_a_draft_that_rehearses(shop: int) -> None:
    begun()
    with pytest.raises(NotNow):
        door.keep("news", name="News", plan=PLAN, at=T0 + 3 * HOUR)
    copied = door.copy("news", name="News", at=T0 + 3 * HOUR)
    assert (copied.key, copied.state, copied.plan["live"]) == ("news_2", "draft", False)
    door.throw_away("news_2")
    with pytest.raises(door.NoSuchCampaign):
        door.one("news_2")
    with pytest.raises(BadCampaign):
        door.start(
            door.keep("late", name="Late", plan=Plan.of({**PLAN.plain(), "timing": "at", "at": T0.isoformat()}), at=T0).key, at=T0 + HOUR
        )
