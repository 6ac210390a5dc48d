"""Who may read the mailbox, and what a mail can do there."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from afterword.faces.mailbox.actions import Arrived, forget, keep_mails
from afterword.faces.mailbox.queries import mails
from afterword.kit import clock, sql
from afterword.loop.messages import door as messages
from afterword.loop.messages.rules.links import links_for
from afterword.loop.messages.rules.mime import Party, build
from afterword.loop.messages.rules.render import Rendered

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
ID = UUID("01934b2e-0000-7000-8000-000000000001")


def mail(
    subject: str, name: str, id: UUID = ID, html: str = "<html><head></head><body><p>Hi</p></body></html>", text: str = "Hi <there>"
) -> Arrived:  # fmt: skip
    said = Rendered(subject, "", html, text)
    made = build(said, id=id, at=AT, sender=Party("shop@a.example", "Shop"), to=Party("s@b.example", name))
    return Arrived("shop@a.example", "s@b.example", made.raw)


@pytest.mark.django_db
def test_a_mail_is_listed_with_its_own_date_and_found_by_what_is_in_it() -> None:
    broken = Arrived("", "x@y.example", b"broken")
    assert keep_mails([mail("택배가 출발했어요", "김서연"), mail("100% wool_", "Ana", UUID(int=5)), broken]) == 3
    assert mails().total == 3
    (row,) = mails("서연 택배").rows
    assert (row.subject, row.to_name, row.shown_at) == ("택배가 출발했어요", "김서연", AT)
    assert mails("100%").total == 1
    assert mails("l_").total == 1
    assert mails("%").total == 1


@pytest.mark.django_db
def test_every_word_that_is_searched_for_must_stand_in_the_heading_or_the_text() -> None:
    one, other = UUID("01934b2e-cafe-7000-8000-000000000001"), UUID("01934b2e-cafe-7000-8000-000000000002")
    keep_mails([
        mail("Your coffee", "Ana Pop", one, text="Comanda ta a plecat spre București.\n" + "Mulțumim frumos. " * 50),
        mail("Your tea", "Ion", other, text="택배가 출발했어요 오늘. 내일 도착합니다."),
        Arrived("", "x@y.example", b"Subject: Plain\r\nContent-Type: text/plain\r\n\r\nJust these words"),
    ])  # fmt: skip

    def found(words: str) -> list[str]:
        return [row.subject for row in mails(words).rows]

    assert found("cafe") == [], "part of an id is no word of a mail"
    assert found("7000") == []
    assert found(str(one)) == found(f"{str(one).upper()}") == ["Your coffee"]
    assert found("coffee București") == ["Your coffee"]
    assert found("coffee 택배가") == []
    assert found("도착합니다") == ["Your tea"]
    assert found("ana plecat") == ["Your coffee"]
    assert found("these words") == ["Plain"]
    assert found("s@b.example tea") == ["Your tea"]


@pytest.mark.django_db
def test_mails_are_for_those_who_may_see_addresses(signed_in: Callable[[Any], Client], alice: Any, bob: Any, charlie: None) -> None:
    keep_mails([mail("Hello", "Ana")])
    id = sql.value("select id from mailbox_mail")
    for address in ("/mailbox/", f"/mailbox/{id}/", f"/mailbox/{id}/html", f"/mailbox/{id}/source/", f"/mailbox/{id}/text/"):
        assert signed_in(alice).get(address).status_code == 200, address
        assert signed_in(bob).get(address).status_code == 404, address
        assert signed_in(charlie).get(address).status_code == 302, address
    assert signed_in(alice).get(f"/mailbox/message/{ID}/").headers["Location"] == f"/mailbox/{id}/"
    assert signed_in(alice).get("/mailbox/999999/").status_code == 404


@pytest.mark.django_db
def test_the_html_of_a_mail_can_run_nothing(signed_in: Callable[[Any], Client], alice: Any) -> None:
    keep_mails([mail("Hello", "Ana", html="<html><head></head><body><script>parent.x=1</script></body></html>")])
    answer = signed_in(alice).get(f"/mailbox/{sql.value('select id from mailbox_mail')}/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.django_db
def test_text_and_source_are_shown_as_text(signed_in: Callable[[Any], Client], alice: Any) -> None:
    keep_mails([mail("<b>Hi</b>", "Ana")])
    id = sql.value("select id from mailbox_mail")
    text = signed_in(alice).get(f"/mailbox/{id}/text/").content.decode()
    assert "Hi &lt;there&gt;" in text
    assert "<b>Hi</b>" not in text
    assert "List-" not in text
    assert "Message-ID" in signed_in(alice).get(f"/mailbox/{id}/source/").content.decode()


@pytest.mark.django_db
def test_a_page_of_the_list_asks_the_database_a_fixed_number_of_times(
    signed_in: Callable[[Any], Client], alice: Any, django_assert_max_num_queries: Any
) -> None:
    keep_mails([mail(f"n {n}", "Ana", UUID(int=n)) for n in range(90)])
    browser = signed_in(alice)
    with django_assert_max_num_queries(8):
        page = browser.get("/mailbox/?page=2").content.decode()
    assert "41 to 80 of 90" in page


@pytest.mark.django_db
def test_only_who_may_change_settings_empties_the_mailbox(signed_in: Callable[[Any], Client], alice: Any, bob: Any) -> None:
    keep_mails([mail("Hello", "Ana")])
    assert signed_in(bob).post("/mailbox/empty/").status_code == 404
    assert mails().total == 1
    assert signed_in(alice).post("/mailbox/empty/").status_code == 302
    assert mails().total == 0


@pytest.mark.django_db
def test_an_erased_customer_leaves_no_mail_behind() -> None:
    other = UUID(int=9)
    keep_mails([mail("Hello", "Ana"), mail("Hello", "Bogdan", other)])
    sql.run(
        "insert into message_intent (id, origin, run, step, subject_id, customer_id, store, message, channel, category, planned_at, "
        "useful_until) values (%(id)s, 'x', %(id)s, 'x', %(id)s, %(customer)s, 'main', 'nps', 'email', 'service', %(at)s, %(at)s)",
        {"id": ID, "customer": UUID(int=77), "at": AT},
    )
    assert forget([UUID(int=77)]) == 1
    assert [row.to_name for row in mails().rows] == ["Bogdan"]


@pytest.mark.django_db
def test_looking_at_a_mail_is_not_opening_it_but_a_link_followed_out_of_it_is_the_customers(
    signed_in: Callable[[Any], Client], alice: Any
) -> None:
    customer, now = UUID(int=7), clock.real_now()
    sql.run(
        "insert into message_intent (id, origin, run, step, subject_id, customer_id, store, message, channel, category, planned_at, "
        "useful_until, state, sent_at) values (%s, 'j', %s, 's', %s, %s, 'main', 'nps', 'email', 'service', %s, %s, 'sent', %s)",
        [ID, ID, ID, customer, now, now, now - timedelta(hours=1)],
    )
    made = links_for(
        messages.ring(), "/c", message_id=ID, customer_id=customer, order_id=None, store="main", topic="service", now=now, locale="en"
    )
    link = made.tracked("https://shop.example/mug")
    html = f'<html><head></head><body><a href="{link}">Mug</a><img src="{made.open}" width="1" height="1" alt=""/></body></html>'
    keep_mails([mail("Hello", "Ana", html=html)])
    shown = signed_in(alice).get(f"/mailbox/{sql.value('select id from mailbox_mail')}/html").content.decode()
    assert "/c/i/" not in shown
    assert link in shown
    assert sql.value("select count(*) from event_inbox where name = 'message.opened'") == 0
    browser: dict[str, Any] = {"HTTP_USER_AGENT": "Mozilla/5.0 Firefox/140.0", "HTTP_SEC_FETCH_USER": "?1"}
    assert Client().get(link, **browser).headers["Location"] == "https://shop.example/mug"
    told = sql.rows("select customer_id, properties ->> 'by_machine' from event_inbox where name = 'message.clicked'")
    assert told == [(customer, "false")]
