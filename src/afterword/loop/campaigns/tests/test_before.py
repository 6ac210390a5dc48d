"""What is told of a campaign before it goes: who, in which language, by which channel, at what cost; and it can be tried on oneself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import pytest
from typer.testing import CliRunner

from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.campaigns import door
from afterword.loop.campaigns.commands import app
from afterword.loop.campaigns.types import BadCampaign, NobodyThere, NotATestAddress, NoTestAddress, Plan, TooManyTests
from afterword.loop.channels import door as channels
from afterword.loop.channels.sms_twilio.tests.samples_double import SETTINGS
from afterword.loop.channels.sms_twilio.tests.samples_double import twilio as serve_twilio
from afterword.loop.channels.tests.samples_double import Double
from afterword.loop.consent import door as consent
from afterword.loop.events.types import Told, Who
from afterword.loop.messages import door as messages
from afterword.loop.messages.rules.enclosures import Occasion, calendar
from afterword.loop.segments import door as segments

from .test_actions import DAY, HOUR, MINUTE, PLAN, T0, shop, tell

__all__ = ["shop"]
pytestmark = pytest.mark.django_db


def kept(**more: Any) -> None:
    door.keep("news", name="News", plan=Plan.of({**PLAN.plain(), **more}), at=T0 + 2 * HOUR)


def customer_of(who: str) -> UUID:
    found = sql.value("select id from customers_customer where email = %s", [f"{who}@example.com"])
    assert isinstance(found, UUID)
    return found


def test_languages_and_zones_of_those_who_get_it_are_told(shop: int) -> None:
    for n, language in ((0, "en"), (2, "th"), (4, "xx")):
        sql.run("update customers_customer set language = %s where id = %s", [language, customer_of(f"p{n}")])
    kept()
    found = door.foresee("news", T0 + 2 * HOUR)
    assert found.go == shop
    assert dict(found.zones) == {"Europe/Bucharest": 30, "America/New_York": 30}
    assert dict(found.languages) == {"ro": 57, "en": 2, "th": 1}, "who speaks what nobody has written reads the first that ships"
    assert [(way.channel, way.go, way.minor) for way in found.channels] == [("email", shop, 0)]


def test_a_channel_that_is_paid_by_the_segment_costs_what_its_words_weigh(shop: int) -> None:
    channels.set_provider("sms", "sms_twilio", SETTINGS, by=None, at=T0)
    for n in range(4):
        who = Who(external_id=f"p{n}", email=f"p{n}@example.com", phone=f"+4071234567{n}", verified=True)
        tell(T0 + HOUR + (n + 1) * MINUTE, Told("customer.updated", T0 + HOUR, "test", f"phone{n}", who=who))
        consent.grant(
            customer_of(f"p{n}"), channel="sms", purpose="service", at=T0 + HOUR, how="test", proof={"words": "Yes", "place": "x"}
        )
    tell(T0 + 2 * HOUR)
    kept(channel="sms")
    found = door.foresee("news", T0 + 2 * HOUR)
    (way,) = [one for one in found.channels if one.go]
    assert (way.channel, way.go, way.currency) == ("sms", 4, "EUR")
    assert way.segments is not None
    assert way.segments >= 1
    assert way.each_minor == pytest.approx(5.2 * way.segments)
    assert way.minor == round(4 * 5.2 * way.segments)
    assert sql.value("select count(*) from message_short") == 0, "no address is kept for a message that is only weighed"
    assert ("drop", "no way to reach them", shop - 4) in found.back
    channels.set_provider("sms", "sms_twilio", {**SETTINGS, "price": ""}, by=None, at=T0)
    assert next(one for one in door.foresee("news", T0 + 2 * HOUR).channels if one.go).minor is None


def test_a_channel_that_nobody_carries_is_refused(shop: int) -> None:
    with pytest.raises(BadCampaign, match="nobody carries"):
        kept(channel="viber")


def test_the_command_tells_the_same(shop: int) -> None:
    kept()
    with clock.travel(T0 + 2 * HOUR):
        said = CliRunner().invoke(app, ["campaign", "foresee", "news"]).output
    assert "by email: 60; costs nothing" in said
    assert "local time of: " in said
    assert "read in: Romanian 60" in said or "read in: ro 60" in said


@pytest.fixture
def mailed(monkeypatch: pytest.MonkeyPatch) -> list[EmailMessage]:
    """Mails that went to the team, in place of a mail server."""
    from afterword.loop.channels.door import Outcome
    from afterword.loop.messages.actions import team

    found: list[EmailMessage] = []

    def send(envelopes: Any, _server: Any) -> list[Outcome]:
        found.extend(message_from_bytes(one.raw, policy=policy.default) for one in envelopes)
        return [Outcome(one.id, "accepted", "ok") for one in envelopes]

    monkeypatch.setattr(team, "send_email", send)
    monkeypatch.setattr(team, "server_name", lambda: "smtp.example")
    monkeypatch.setattr(team, "outside", lambda: None)
    return found


def test_a_campaign_is_tried_on_oneself_with_a_real_person_s_data_and_its_event_for_the_calendar(
    shop: int, mailed: list[EmailMessage]
) -> None:
    ana = accounts.create_member("ana@shop.example", "owner", by=None)
    tell(T0 + HOUR + MINUTE, Told("customer.updated", T0 + HOUR, "test", "named", who=Who(external_id="p1", verified=True),
                                  personal={"first_name": "Ruxandra", "full_name": "Ruxandra Pop"}))  # fmt: skip
    starts = T0 + 9 * DAY
    kept(kind="invitation", messages=["exclusive_content"], event_at=starts.isoformat(), event_until=(starts + 3 * HOUR).isoformat(),
         event_title="An evening; of coffee", place="Strada Lungă 12")  # fmt: skip
    door.try_on("news", to=ana, customer=customer_of("p1"), at=T0 + 2 * HOUR)
    (mail,) = mailed
    assert mail["To"] == "ana@shop.example"
    assert str(mail["Subject"]).startswith("[Test]")
    text = mail.as_string()
    assert "/c/u/" not in text, "nobody unsubscribes a customer by trying a mail on"
    (file,) = [part for part in mail.walk() if part.get_filename() == "event.ics"]
    written = file.get_payload(decode=True)
    assert isinstance(written, bytes)
    lines = written.decode().replace("\r\n ", "").split("\r\n")
    assert "SUMMARY:An evening\\; of coffee" in lines
    assert "DTSTART;TZID=Europe/Bucharest:20260311T120000" in lines
    assert "DTEND;TZID=Europe/Bucharest:20260311T150000" in lines
    assert "LOCATION:Strada Lungă 12" in lines
    assert "TZOFFSETTO:+0200" in lines
    assert sql.value("select count(*) from message_intent") == 0
    assert sql.value("select what from accounts_audit where subject = 'news'") == "campaign tried"


def test_who_may_not_see_names_is_not_shown_one(shop: int, mailed: list[EmailMessage]) -> None:
    dana = accounts.create_member("dana@shop.example", "marketer", by=None)
    tell(T0 + HOUR + MINUTE, Told("customer.updated", T0 + HOUR, "test", "named", who=Who(external_id="p1", verified=True),
                                  personal={"first_name": "Ruxandra", "full_name": "Ruxandra Pop"}))  # fmt: skip
    kept()
    named = door.tried("news", customer=customer_of("p1"), at=T0 + 2 * HOUR)
    assert "Ruxandra" in named.text
    door.try_on("news", to=dana, customer=customer_of("p1"), at=T0 + 2 * HOUR)
    assert all("Ruxandra" not in str(part.get_payload(decode=True)) for part in mailed[0].walk())


def test_who_sees_one_store_only_is_sent_nobody_of_another(shop: int, mailed: list[EmailMessage]) -> None:
    accounts.save_store("other", by=None, name="Glaze")
    mihai = accounts.create_member("mihai@shop.example", "marketer", by=None, stores=("other",))
    kept(store="other")
    with pytest.raises(NobodyThere):
        door.try_on("news", to=mihai, at=T0 + 2 * HOUR)
    assert mailed == []


def test_where_nobody_is_in_the_segment_there_is_nobody_to_try_it_on(shop: int) -> None:
    segments.save_segment("none", name="Nobody", text="count(order.placed) >= 99", at=T0 + HOUR)
    kept(segment="none")
    with pytest.raises(NobodyThere):
        door.tried("news", at=T0 + 2 * HOUR)


def test_an_event_that_lasts_while_the_clocks_are_changed_says_both_offsets() -> None:
    first = T0.replace(month=3, day=28, hour=20)
    made = calendar(Occasion("x", "Night", first, first + timedelta(hours=8), T0, zone="Europe/Bucharest")).decode().split("\r\n")
    assert [line for line in made if line.startswith("TZOFFSETTO")] == ["TZOFFSETTO:+0200", "TZOFFSETTO:+0300"]
    assert "DTSTART:20260329T030000" in made, "where the clock jumps, in the time that held until then"
    assert "DTEND;TZID=Europe/Bucharest:20260329T070000" in made


def test_a_plan_that_says_nothing_new_keeps_the_approval_it_had() -> None:
    from afterword.loop.campaigns.rules import plans

    before = {name: value for name, value in PLAN.plain().items() if name not in ("event_until", "event_title", "channel")}
    assert plans.mark("News", PLAN) == plans.mark("News", Plan.of(before))
    assert plans.mark("News", PLAN) != plans.mark("News", Plan.of({**before, "channel": "sms"}))


def test_lint_knows_the_campaigns_that_send_a_text_until_they_are_over(shop: int) -> None:
    messages.write.begin_message("spring", "Spring", "service", "en", at=T0)
    body = "<mj-section><mj-column><mj-text>You paid\n{{ order.total_minor | money }}</mj-text></mj-column></mj-section>"
    document = messages.document(messages.wordings.draft("spring").wording)
    document["variants"]["en"] = {"subject": "Spring is here, with new coffee", "body": body}
    messages.write.save_message(document, base=messages.wordings.draft("spring").mark, at=T0)
    messages.write.publish_message("spring", base=messages.wordings.draft("spring").mark, at=T0)

    def said() -> list[str]:
        found = messages.trying.found(messages.wordings.draft("spring").wording, T0)
        return [f"{one.part} {one.line}: {one.said}" for one in found if "no order" in one.said]

    assert said() == []
    kept(messages=("spring",))
    assert said() == ["body 2: the campaign “News” has no order, so “order.total_minor” says nothing there"]
    door.throw_away("news")
    assert said() == []


@pytest.fixture
def twilio(monkeypatch: pytest.MonkeyPatch) -> Iterator[Double]:
    """Twilio's own service, as strict as it is, on this machine."""
    monkeypatch.setenv("AFTERWORD_WEBHOOKS_INSIDE", "1")
    with serve_twilio() as double:
        channels.set_provider("sms", "sms_twilio", {**SETTINGS, "api": double.url}, by=None, at=T0)
        yield double


def texted(double: Double) -> list[dict[str, str]]:
    return [dict(parse_qsl(asked.body.decode())) for asked in double.asked]


def test_a_campaign_by_sms_is_tried_by_sms_on_a_number_of_one_s_own(shop: int, twilio: Double, mailed: list[EmailMessage]) -> None:
    ana = accounts.create_member("ana@shop.example", "owner", by=None)
    kept(channel="sms", messages=("exclusive_content",))
    with pytest.raises(NotATestAddress, match="country code"):
        door.try_on("news", to=ana, at=T0 + 2 * HOUR)
    door.try_on("news", to=ana, address="+40 712 345 678", customer=customer_of("p1"), at=T0 + 2 * HOUR)
    (asked,) = texted(twilio)
    assert asked["To"] == "+40712345678"
    assert asked["Body"].startswith("[Test] Lut & Boabe")
    assert mailed == []
    assert sql.value("select count(*) from message_intent") == 0
    assert sql.value("select count(*) from message_short") == 0
    (row,) = accounts.audited().filter(what="campaign tried")
    assert row.after == {"message": "exclusive_content", "language": "ro", "channel": "sms", "result": "accepted"}
    assert "712" not in str(row.after), "a private number is nobody's business"


def test_tests_are_counted_and_what_has_no_address_says_so(shop: int, twilio: Double, mailed: list[EmailMessage]) -> None:
    ana = accounts.create_member("ana@shop.example", "owner", by=None)
    kept(channel="sms", messages=("exclusive_content",))
    for _ in range(20):
        door.try_on("news", to=ana, address="+40712345678", at=T0 + 2 * HOUR)
    with pytest.raises(TooManyTests, match="20 times"):
        door.try_on("news", to=ana, address="+40712345678", at=T0 + 2 * HOUR)
    assert len(twilio.asked) == 20
    channels.set_provider("webhook", "webhook", {"url": "https://x.example", "secret": "whsec_" + "a" * 32}, by=None, at=T0)
    kept(channel="webhook", messages=("exclusive_content",))
    with pytest.raises(NoTestAddress, match="another system"):
        door.try_on("news", to=accounts.create_member("bob@shop.example", "owner", by=None), at=T0 + 2 * HOUR)
    kept(channel="auto", messages=("exclusive_content",))
    door.try_on("news", to=accounts.create_member("eva@shop.example", "owner", by=None), at=T0 + 2 * HOUR)
    assert mailed[0]["To"] == "eva@shop.example"
