"""What waits for a second person, on the command line: the same rule as on the page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from afterword.faces.cli.commands import app
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.campaigns import door as campaigns
from afterword.loop.campaigns.types import Plan
from afterword.loop.journeys import door as journeys
from afterword.loop.segments import door as segments

AT = datetime(2026, 5, 4, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asked() -> Any:
    """A journey and a campaign that Dana asks about; Olga may approve everywhere, Mara asks and approves nothing."""
    accounts.save_store("main", by=None, name="Lut", zone="Europe/Bucharest")
    accounts.set_second_person(True, by=None)
    accounts.create_member("olga@shop.example", "owner", by=None)
    accounts.create_member("mara@shop.example", "marketer", by=None)
    dana = accounts.create_member("dana@shop.example", "owner", by=None)
    with clock.travel(AT):
        journeys.keep_shipped(at=AT)
        segments.save_segment("buyers", name="Buyers", text="ever(order.placed)", at=AT)
        plan = Plan(kind="product_update", segment="buyers", messages=("product_update",))
        campaigns.keep("news", name="News", plan=plan, at=AT)
        journeys.ask_approval("satisfaction", by=dana, at=AT, note="The holidays are near.")
        campaigns.ask_approval("news", by=dana, at=AT, foreseen={"go": 15, "people": 286})
        yield


def run(*words: str) -> Any:
    """What a command says, or how it is refused."""
    done = CliRunner().invoke(app, ["approvals", *words])
    return done.output if done.exit_code == 0 else f"{type(done.exception).__name__}: {done.exception}"


def test_what_waits_is_listed_and_shown() -> None:
    listed = run("list")
    assert "journey:satisfaction" in listed
    assert "campaign:news  News: dana@shop.example" in listed
    assert [one["which"] for one in json.loads(run("list", "--json"))] == ["journey:satisfaction", "campaign:news"]
    shown = run("show", "satisfaction")
    assert "“The holidays are near.”" in shown
    assert "it is new" in shown
    assert "15 of 286 people" in run("show", "campaign:news")
    assert "NothingWaits" in run("show", "nothing")


def test_a_member_of_one_store_sees_what_they_reach() -> None:
    accounts.save_store("other", by=None, name="Other", zone="Europe/Bucharest")
    accounts.create_member("ina@shop.example", "owner", by=None, stores=("other",))
    assert "news" not in run("list", "--by", "ina@shop.example")
    assert "NothingWaits" in run("approve", "campaign:news", "--by", "ina@shop.example")


def test_nobody_approves_their_own_nor_who_may_not_nor_nobody() -> None:
    assert "OwnRequest" in run("approve", "satisfaction", "--by", "dana@shop.example")
    assert "NotAllowed" in run("approve", "satisfaction", "--by", "mara@shop.example")
    assert "NoMember" in run("approve", "satisfaction", "--by", "nobody@shop.example")
    assert "SystemExit" in run("approve", "satisfaction")
    assert "SystemExit" in run("refuse", "satisfaction", "--by", "olga@shop.example"), "a refusal says why"
    assert journeys.known("satisfaction").live is None


def test_the_word_of_another_publishes_and_starts() -> None:
    mark = json.loads(run("list", "--json"))[0]["mark"]
    assert "NotWhatYouSaw" in run("approve", "satisfaction", "--by", "olga@shop.example", "--mark", "0000")
    assert "is on" in run("approve", "satisfaction", "--by", "olga@shop.example", "--mark", mark[:12])
    assert journeys.known("satisfaction").live is not None
    assert "goes when its time comes" in run("approve", "news", "--by", "olga@shop.example")
    assert campaigns.one("news").state != "draft"
    told = set(accounts.audited().values_list("what", "who"))
    assert {("journey approved", "olga@shop.example"), ("campaign approved", "olga@shop.example")} <= told
    assert run("list").strip() == "Nothing waits."


def test_a_refusal_goes_back_with_its_reason() -> None:
    assert "sent back" in run("refuse", "news", "--by", "olga@shop.example", "--said", "Too early.")
    (answered,) = accounts.approvals(open=False)
    assert (answered.approved, answered.said) == (False, "Too early.")
    assert campaigns.one("news").state == "draft"


def test_what_was_changed_since_cannot_be_approved() -> None:
    campaigns.keep("news", name="New news", plan=campaigns.Plan.of(campaigns.one("news").plan), at=AT)
    assert "changed since" in run("list")
    assert "NotWhatYouSaw" in run("approve", "news", "--by", "olga@shop.example")
