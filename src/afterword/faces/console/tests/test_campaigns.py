"""The pages of campaigns: who may do what, in which store; what is refused stands beside its field; who receives how much."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from afterword.kit import children, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.campaigns import door as campaigns
from afterword.loop.campaigns.actions.release import release
from afterword.loop.campaigns.types import Plan
from afterword.loop.events import door as events
from afterword.loop.segments import door as segments

from .conftest import AT, DROPPED, Shop

Browser = Callable[[Any], Client]
FORM = {
    "name": "Spring news", "kind": "product_update", "store": "main", "message": "product_update", "segment": "buyers", "holdout": "0",
    "timing": "now", "late": "next_day", "per_minute": "0", "useful_hours": "72", "priority": "1", "test_share": "20", "metric": "clicked",
    "within_days": "3", "rule": "fixed", "base": "3", "smallest": "1", "winner": "auto", "unclear": "first", "live": "no",
}  # fmt: skip
READ = ("/campaigns/", "/campaigns/news/", "/messages/how-much/")
EDIT = ("/campaigns/new/", "/campaigns/news/edit/")
DEEDS = ("start", "stop", "pause", "resume", "choose", "approval/ask")


@pytest.fixture(autouse=True)
def _kept(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    at = events.frontier() or AT
    segments.save_segment("buyers", name="Buyers", text="ever(order.placed)", at=at)
    campaigns.keep("news", name="News", plan=Plan(kind="product_update", segment="buyers", messages=("product_update",)), at=at)
    campaigns.keep(
        "glaze", name="Glaze", plan=Plan(kind="product_update", store="other", segment="buyers", messages=("vip_thanks",)), at=at
    )


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Commands run in this process, where the test's own transaction is seen; which ones."""
    from typer.testing import CliRunner

    from afterword.loop.campaigns.commands import app

    ran: list[tuple[str, ...]] = []

    def run(*arguments: str, patience: float = 60) -> children.Ended:
        ran.append(arguments)
        ended = CliRunner().invoke(app, list(arguments[0:]))
        return children.Ended(ended.exit_code, ended.output.strip() or str(ended.exception))

    monkeypatch.setattr(children, "run", run)
    return ran


def text(client: Client, address: str, **more: Any) -> str:
    return client.get(address, **more).content.decode()


def test_everybody_of_the_team_reads_and_only_some_write(signed_in: Browser, alice: Any, dana: Any, mihai: Any) -> None:
    for address in READ:
        assert signed_in(alice).get(address).status_code == 200, address
        assert Client().get(address).status_code == 302, address
    for address in EDIT:
        assert signed_in(dana).get(address).status_code == 200, address
        assert signed_in(mihai).get(address).status_code == 403, address
    for deed in DEEDS:
        assert signed_in(mihai).post(f"/campaigns/news/{deed}").status_code == 403, deed
        answer = signed_in(alice).get(f"/campaigns/news/{deed}")
        assert answer.status_code == 405, deed
        assert answer.headers["Allow"] == "POST"
        assert "This is done, not opened" in answer.content.decode()
    refused = signed_in(mihai).get("/campaigns/new/").content.decode()
    assert "Your role, Support, does not include “Edit journeys, campaigns and segments”" in refused
    assert signed_in(dana).post("/campaigns/news/approval/decide").status_code == 403


def test_what_belongs_to_another_store_is_not_there(signed_in: Browser, mihai: Any) -> None:
    other = signed_in(mihai)
    assert other.get("/campaigns/news/").status_code == 404
    assert other.get("/campaigns/glaze/").status_code == 200
    listed = text(other, "/campaigns/")
    assert "Glaze" in listed
    assert "News" not in listed
    seller = accounts.create_member("ina@shop.example", "marketer", by=None, stores=("other",), password="ina has a password")
    assert signed_in(seller).post("/campaigns/news/start", {"mark": "x"}).status_code == 404
    assert signed_in(seller).post("/campaigns/new/", {**FORM, "store": "main"}).status_code == 200, "the store is no choice of theirs"
    assert not sql.value("select count(*) from campaign where name = 'Spring news'")


def test_a_campaign_is_written_on_one_page_kept_started_and_stopped(signed_in: Browser, dana: Any) -> None:
    writer = signed_in(dana)
    answer = writer.post("/campaigns/new/", FORM, follow=True)
    assert "is kept" in answer.content.decode()
    row = campaigns.one("spring_news")
    assert (row.state, row.plan["messages"], row.created_by) == ("draft", ["product_update"], dana.email)
    page = writer.post("/campaigns/spring_news/start", {"mark": "another"}, follow=True).content.decode()
    assert "Somebody changed it" in page
    writer.post("/campaigns/spring_news/start", {"mark": campaigns.mark_of(row)})
    assert campaigns.one("spring_news").state == "scheduled"
    assert "has started" in writer.get("/campaigns/spring_news/edit/", follow=True).content.decode()
    started = campaigns.one("spring_news").release_at
    assert started is not None
    events.seal(started + timedelta(minutes=1))
    assert release(started + timedelta(minutes=1)) == 1
    page = text(writer, "/campaigns/spring_news/")
    assert "Under way" in page
    assert "<strong>0</strong> have gone, 1 wait" in page
    assert "One message that had not gone does not go" in writer.post("/campaigns/spring_news/stop", follow=True).content.decode()
    assert "the campaign was stopped" in text(writer, "/campaigns/spring_news/")
    kept = {what for (what,) in sql.rows("select what from accounts_audit where subject = 'spring_news'")}
    assert kept == {"campaign kept", "campaign started", "campaign stopped"}


def test_what_is_wrong_stands_at_its_field(signed_in: Browser, dana: Any) -> None:
    writer = signed_in(dana)
    page = writer.post("/campaigns/new/", {**FORM, "timing": "at"}).content.decode()
    assert 'id="id_at_error"' in page
    page = writer.post("/campaigns/new/", {**FORM, "message_2": "product_update"}).content.decode()
    assert "the same one stands there twice" in page
    page = writer.post("/campaigns/new/", {**FORM, "name": " "}).content.decode()
    assert 'id="id_name_error"' in page
    assert not sql.value("select count(*) from campaign where name = 'Spring news'")


def test_an_instant_is_the_store_s_own_time(signed_in: Browser, dana: Any) -> None:
    signed_in(dana).post("/campaigns/new/", {**FORM, "timing": "at", "at": "2030-07-01T09:00"})
    assert campaigns.one("spring_news").plan["at"] == "2030-07-01T09:00:00+03:00"
    assert 'value="2030-07-01T09:00"' in text(signed_in(dana), "/campaigns/spring_news/edit/")


def test_who_would_get_it_is_told_by_reason(signed_in: Browser, dana: Any, here: list[tuple[str, ...]]) -> None:
    page = text(signed_in(dana), "/campaigns/news/foresee")
    assert "people would get it" in page
    assert here == [("campaign", "foresee", "news", "--json")]
    text(signed_in(dana), "/campaigns/news/foresee?back=7")
    assert here[-1][4] == "--at"
    assert sql.value("select count(*) from campaign_person") == 0


def test_what_it_costs_and_who_reads_it_where_stands_on_the_page(signed_in: Browser, dana: Any, here: list[tuple[str, ...]]) -> None:
    page = text(signed_in(dana), "/campaigns/news/foresee")
    assert "By channel, and what it costs" in page
    assert "Languages they read it in" in page
    assert "Whose clocks they live by" in page


def test_it_is_read_as_one_of_its_people_would_and_sent_to_oneself(
    signed_in: Browser, alice: Any, dana: Any, mihai: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = text(signed_in(dana), "/campaigns/news/read/")
    assert "What people would read" in page
    assert "Send it to me" in page
    assert signed_in(mihai).get("/campaigns/news/read/").status_code == 404
    assert signed_in(mihai).post("/campaigns/glaze/try").status_code == 403
    frame = signed_in(dana).get("/campaigns/news/read/html")
    assert "sandbox" in frame.headers["Content-Security-Policy"]
    from afterword.loop.channels.door import Outcome
    from afterword.loop.messages.actions import team

    taken: list[str] = []

    def send(envelopes: Any, _server: Any) -> list[Outcome]:
        taken.extend(one.recipient for one in envelopes)
        return [Outcome(one.id, "accepted", "ok") for one in envelopes]

    monkeypatch.setattr(team, "send_email", send)
    said = signed_in(dana).post("/campaigns/news/try", {"arm": "A", "language": "ko"}, follow=True)
    assert taken == [dana.email]
    assert "no mail server is set" in said.content.decode()
    assert said.redirect_chain[0][0].endswith("language=ko")


def test_a_second_person_starts_it_and_nobody_starts_their_own(signed_in: Browser, alice: Any, dana: Any) -> None:
    accounts.set_second_person(True, by=None)
    writer, owner, mark = signed_in(dana), signed_in(alice), campaigns.mark_of(campaigns.one("news"))
    asking = text(writer, "/campaigns/news/")
    assert "Ask for approval" in asking
    assert "Who changes its plan has to ask anew" in asking
    assert "second person approves" in writer.post("/campaigns/news/start", {"mark": mark}, follow=True).content.decode()
    writer.post("/campaigns/news/approval/ask", {"note": "Before the holidays."})
    page = text(owner, "/campaigns/news/")
    assert "Before the holidays." in page
    assert "Waits for approval" in page
    assert "Approve and start" in page
    assert "Approve and start" not in text(writer, "/campaigns/news/")
    owner.post("/campaigns/news/approval/decide", {"approved": "yes", "mark": mark})
    row = campaigns.one("news")
    assert (row.state, row.started_by) == ("scheduled", alice.email)


def test_a_part_that_finds_another_state_asks_for_the_whole_page(signed_in: Browser, alice: Any) -> None:
    answer = signed_in(alice).get("/campaigns/news/?seen=sending", headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"


def test_what_makes_no_sense_for_many_is_not_offered(signed_in: Browser, dana: Any) -> None:
    page = text(signed_in(dana), "/campaigns/new/")
    assert 'value="win_back"' in page
    for message in ("confirm_consent", "order_confirmation", "csat", "review_thanks"):
        assert f'value="{message}"' not in page, message


def test_a_campaign_that_stopped_by_itself_is_called_by_its_name_where_somebody_looks(signed_in: Browser, alice: Any) -> None:
    sql.run("insert into message_halt (origin, since, why, part, sent) values ('campaign:news', now(), 'complaints', 4, 1000)")
    page = text(signed_in(alice), "/settings/sending/")
    assert '“<a href="/campaigns/news/">News</a>” has stopped by itself.' in page
    assert "“campaign:news”" not in page
    assert "It has stopped by itself." in text(signed_in(alice), "/campaigns/news/")
    assert signed_in(alice).post("/settings/sending/again/campaign:news").status_code == 302
    assert "has stopped by itself" not in text(signed_in(alice), "/settings/sending/")


def test_a_copy_is_another_draft_and_a_draft_can_be_deleted(signed_in: Browser, dana: Any) -> None:
    writer = signed_in(dana)
    assert writer.post("/campaigns/news/copy").headers["Location"] == "/campaigns/news_2/edit/"
    writer.post("/campaigns/news_2/delete")
    assert sql.value("select count(*) from campaign where key = 'news_2'") == 0


def test_who_receives_how_much_counts_what_went_within_reach(signed_in: Browser, alice: Any, mihai: Any) -> None:
    part = {"HX-Request": "true"}
    assert "Counting what everybody received" in text(signed_in(alice), "/messages/how-much/")
    assert "1 message went to 1 person." in text(signed_in(alice), "/messages/how-much/", headers=part)
    assert "Nothing was sent in this time" in text(signed_in(mihai), "/messages/how-much/", headers=part)


def test_what_a_message_is_worth_stands_there_and_in_the_verdict_of_the_one_that_lost(signed_in: Browser, alice: Any) -> None:
    page = text(signed_in(alice), "/messages/how-much/")
    assert "Nothing was measured yet" in page
    sql.run("insert into message_worth (store, message, known_from, worth, estimate, spread, sent, alone) "
            "values ('main', 'win_back', now(), 120.4, 300, 90, 1200, 140)")  # fmt: skip
    page = text(signed_in(alice), "/messages/how-much/")
    assert "€1.20" in page
    assert "€3.00" in page
    assert "€1.24 to €4.76" in page
    row = DROPPED
    sql.run(
        "update message_intent set reason = 'something worth more went first', checks = %s where id = %s",
        ['{"guard": "arbitration", "lost_to": "win_back", "worth": 0, "lost_worth": 120.4}', row],
    )
    said = text(signed_in(alice), f"/messages/{row}/")
    assert "Kept back for “We miss you”, which is worth more: €1.20 against €0.00 a message" in said


def test_one_that_goes_by_sms_is_tried_by_sms_and_the_number_is_remembered(
    signed_in: Browser, dana: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from afterword.loop.channels.door import Outcome
    from afterword.loop.messages import door as messages

    campaigns.Campaign.objects.filter(key="news").update(plan={**campaigns.one("news").plan, "channel": "sms"})
    taken: list[tuple[str, str]] = []

    def send(address: str, words: Any, **more: Any) -> Outcome:
        taken.append((address, more["channel"]))
        return Outcome(UUID(int=0), "accepted", "ok")

    monkeypatch.setattr(messages, "try_note", send)
    writer = signed_in(dana)
    page = text(writer, "/campaigns/news/read/")
    assert "By SMS" in page
    assert "Your telephone number" in page
    assert "country code" in writer.post("/campaigns/news/try", {"arm": "A", "to": "0712"}, follow=True).content.decode()
    said = writer.post("/campaigns/news/try", {"arm": "A", "to": "+40 712 345 678"}, follow=True).content.decode()
    assert "Sent to you, at +40 712 345 678." in said
    assert 'value="+40 712 345 678"' in said, "it stands there the next time"
    assert taken == [("+40712345678", "sms")]
    campaigns.Campaign.objects.filter(key="news").update(plan={**campaigns.one("news").plan, "channel": "web_push"})
    page = text(writer, "/campaigns/news/read/")
    assert "no address to try it with" in page
    assert "Send it to me" not in page
