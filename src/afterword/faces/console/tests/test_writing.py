"""Writing messages in the console: kept while it is written, looked at for anybody, refused clearly, published, taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from afterword.kit import clock, sql
from afterword.kit.testing import tokenless
from afterword.loop.accounts import door as accounts
from afterword.loop.messages import door as messages

from .conftest import Shop

Browser = Callable[[Any], Client]
SECTION = "<mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section>"
AT = "/messages/texts/hello/"


@pytest.fixture
def browser(shop: Shop, signed_in: Browser, alice: Any) -> Client:
    """An owner who has begun a message."""
    made = signed_in(alice)
    done = made.post("/messages/texts/new", {"name": "Hello", "category": "service", "language": "ro"})
    assert done.headers["Location"] == AT
    return made


def form(**more: str) -> dict[str, str]:
    """The form of the message as the editor sends it."""
    parts = {"v:ro:subject": "Comanda a ajuns la dumneavoastră", "v:ro:preheader": "Ce trebuie să știți acum despre ea.",
             "v:ro:body": SECTION.format("Bună ziua!"), "v:ro:text": ""}  # fmt: skip
    return {**parts, "base": messages.wordings.draft("hello").mark, "all": "yes", "language": "ro", **more}


def test_writing_is_found_from_the_page_of_messages(browser: Client) -> None:
    assert 'href="/messages/texts/"' in browser.get("/messages/").content.decode()
    assert 'href="/messages/texts/order_confirmation/"' in browser.get("/messages/previews/order_confirmation/").content.decode()


def test_every_page_of_writing_opens(browser: Client) -> None:
    browser.post(f"{AT}save", form())
    pages = ("/messages/texts/", "/messages/texts/new", AT, "/messages/texts/csat/", f"{AT}revisions", "/messages/blocks/new",
             "/messages/blocks/footer/", "/messages/blocks/",
             "/messages/blocks/score_nps/html", "/messages/blocks/products/html?language=th", "/messages/words",
             f"{AT}people?q=ana", "/messages/")  # fmt: skip
    for page in pages:
        assert browser.get(page).status_code == 200, page
    assert "satisfaction" not in browser.get(AT).content.decode()


def test_a_draft_is_kept_by_itself_and_answers_with_its_new_mark(browser: Client) -> None:
    kept = browser.post(f"{AT}save", form(), headers={"Accept": "application/json"})
    assert kept.json() == {"base": messages.wordings.draft("hello").mark}
    assert messages.wordings.draft("hello").wording.variants["ro"].subject == "Comanda a ajuns la dumneavoastră"


def test_two_people_are_told_and_see_both_beside_each_other(browser: Client) -> None:
    mine = form(**{"v:ro:subject": "Al meu"})
    browser.post(f"{AT}save", form(**{"v:ro:subject": "Al lor"}))
    alone = browser.post(f"{AT}save", mine, headers={"Accept": "application/json"})
    assert (alone.status_code, alone.json()["moved"]) == (409, True)
    seen = browser.post(f"{AT}save", mine)
    assert seen.status_code == 409
    assert "Al lor" in seen.content.decode()
    assert "Al meu" in seen.content.decode()
    assert messages.wordings.draft("hello").wording.variants["ro"].subject == "Al lor"


def test_what_stands_in_the_window_is_looked_at_without_being_kept(browser: Client, shop: Shop) -> None:
    order = f"order:{shop.first}"
    given = form(**{"v:ro:body": SECTION.format("Salut {{ customer.first_name }}! {{ nobody }}"), "who": order})
    html = browser.post(f"{AT}html", given)
    assert "Salut Ana!" in html.content.decode()
    assert html.headers["Content-Security-Policy"].endswith("sandbox")
    beside = browser.post(f"{AT}look", given).content.decode()
    assert "Comanda a ajuns" in beside
    assert "nothing is called “nobody”" in beside
    markup = browser.post(f"{AT}html", {**given, "who": "example:markup-ordinary"}).content.decode()
    assert "&lt;b onclick" in markup
    assert "<b onclick" not in markup
    dark = browser.post(f"{AT}html", {**given, "light": "dark"}).content.decode()
    assert "prefers-color-scheme: dark" not in dark
    assert messages.wordings.draft("hello").wording.variants["ro"].body != given["v:ro:body"]


def test_what_is_half_written_is_said_and_never_a_broken_page(browser: Client) -> None:
    for body in ("{% if", "<mj-section>{{ x | nothing }}</mj-section>", "", "<mj-section><mj-text></mj-section>", "{{" * 500):
        for page in ("look", "html"):
            assert browser.post(f"{AT}{page}", form(**{"v:ro:body": body})).status_code == 200, (page, body)
    assert "There is no" not in browser.post(f"{AT}look", form(language="no-such")).content.decode()


def test_whoever_may_not_see_names_is_shown_none(shop: Shop, signed_in: Browser, browser: Client) -> None:
    marketer = signed_in(accounts.create_member("max@shop.example", "marketer", by=None))
    given = form(**{"v:ro:body": SECTION.format("Salut {{ customer.first_name }}!"), "who": f"order:{shop.first}"})
    assert "Ana" not in tokenless(marketer.post(f"{AT}html", given).content.decode())
    assert marketer.get(f"{AT}people?q=ana").status_code == 403


def test_errors_keep_a_message_from_being_published_and_a_good_one_is_sent_from_then_on(browser: Client) -> None:
    browser.post(f"{AT}save", form(**{"v:ro:body": SECTION.format("{{ nobody }}")}))
    answer = browser.post(f"{AT}publish", {"base": messages.wordings.draft("hello").mark}, follow=True)
    assert "nothing is called" in answer.content.decode()
    assert messages.wordings.draft("hello").live is None
    browser.post(f"{AT}save", form())
    answer = browser.post(f"{AT}publish", {"base": messages.wordings.draft("hello").mark}, follow=True)
    assert "Revision 1 is what is sent" in answer.content.decode()
    assert messages.category("hello") == "service"
    assert sql.value("select count(*) from accounts_audit where what = 'message published'") == 1


def test_a_shop_changes_the_words_of_what_ships_and_goes_back(browser: Client) -> None:
    base = messages.wordings.draft("csat").mark
    structure = messages.shipped_source("csat")
    words = {"w:ro:@.headline": "Cum a fost la noi?", "w:ro:@.lead": messages.catalogue("ro").texts["csat.lead"], "v:*:body": structure}
    browser.post("/messages/texts/csat/save", {"base": base, "all": "yes", **words})
    draft = messages.wordings.draft("csat")
    assert draft.wording.variants["ro"].words == {"@.headline": "Cum a fost la noi?"}, "what is as it ships is not kept"
    assert draft.wording.variants["*"].empty
    browser.post("/messages/texts/csat/publish", {"base": draft.mark})
    assert "Cum a fost la noi?" in browser.get("/messages/texts/csat/revisions").content.decode()
    browser.post("/messages/texts/csat/back", {"number": ""})
    browser.post("/messages/texts/csat/publish", {"base": messages.wordings.draft("csat").mark})
    assert messages.wordings.draft("csat").live is None


def test_a_test_goes_to_whoever_asks_for_it(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    said = browser.post(f"{AT}try", form())
    assert said.status_code in (200, 422), "without a server it is said"
    assert said.json()["said"]


def test_blocks_and_manners_are_kept_and_audited(browser: Client) -> None:
    browser.post("/messages/blocks/new", {"name": "Spring promo", "source": SECTION.format("x")})
    assert messages.wordings.blocks()["spring_promo"].name == "Spring promo"
    given = {"store": "main", "avoided": "cheap\n", "preferred": "deal = offer", "utm_source": "afterword", "days_marketing": "30"}
    browser.post("/messages/words", given)
    kept = messages.wordings.manners("main")
    assert (kept.avoided, kept.preferred, kept.marks, kept.keep_days) == (
        ("cheap",), {"deal": "offer"}, {"utm_source": "afterword"}, {"marketing": 30},
    )  # fmt: skip
    browser.post("/messages/words", {**given, "days_marketing": "for ever"})
    assert messages.wordings.manners("main").keep_days == {"marketing": 30}


def test_only_who_may_write_writes(shop: Shop, signed_in: Browser) -> None:
    support = signed_in(accounts.create_member("eva@shop.example", "support", by=None))
    for page in ("/messages/texts/", "/messages/texts/csat/", "/messages/words"):
        assert support.get(page).status_code == 403


def test_texts_go_to_translators_and_come_back(browser: Client) -> None:
    browser.post(f"{AT}save", form())
    file = browser.get("/messages/texts/export?language=uk&form=xliff")
    assert file.headers["Content-Disposition"] == 'attachment; filename="texts-uk.xlf"'
    source = '<source xml:space="preserve">Bună ziua!</source>'
    assert source in file.content.decode()
    back = SimpleUploadedFile("back.xlf", file.content.replace(source.encode(), f"{source}<target>Вітаємо!</target>".encode()))
    told = browser.post("/messages/texts/import", {"file": back}, follow=True).content.decode()
    assert "1 texts fit" in told
    assert "Вітаємо!" in messages.wordings.draft("hello").wording.variants["uk"].body
    refused = browser.post("/messages/texts/import", {"file": SimpleUploadedFile("x.po", b"nothing")}, follow=True)
    assert "cannot be read" in refused.content.decode()
    assert browser.get("/messages/texts/export?language=uk&form=doc").status_code == 404


def test_a_journey_sends_it_once_it_is_published_and_the_editor_says_so(browser: Client) -> None:
    from afterword.loop.journeys import door as journeys

    text = (
        "journey: spring\nname: Spring\nabout: Says hello.\nsubject: order\ntrigger:\n  event: order.delivered\n  max_age: 7d\n"
        "steps:\n  - id: say\n    send:\n      message: hello\n      useful_for: 5d\n"
    )
    with pytest.raises(journeys.BadJourney, match="hello"):
        journeys.begin_journey(text, at=clock.now())
    browser.post(f"{AT}save", form())
    browser.post(f"{AT}publish", {"base": messages.wordings.draft("hello").mark})
    assert journeys.begin_journey(text, at=clock.now()).key == "spring"
    assert [one.said for one in journeys.lint_text(text) if one.level == "error"] == []
    assert journeys.sending("hello") == {"spring": "Spring"}
    assert "Spring" in browser.get(AT).content.decode()
    assert journeys.publish("spring", at=clock.now())


def test_a_store_says_what_travels_with_its_confirmations_and_the_summary_can_be_looked_at(alice: Any, signed_in: Any) -> None:
    browser = signed_in(alice)
    browser.post("/messages/words", {"store": "main", "paper": "invoice"})
    assert messages.wordings.manners("main").paper == "invoice"
    assert 'value="invoice" selected' in browser.get("/messages/words").content.decode()
    browser.post("/messages/words", {"store": "main", "paper": "everything"})
    assert messages.wordings.manners("main").paper == "off"
    paper = browser.post("/messages/texts/order_confirmation/paper", {"language": "ko", "who": "example:ordinary-ordinary"})
    assert (paper.headers["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")


def test_a_message_says_for_itself_what_travels_with_it(alice: Any, signed_in: Any) -> None:
    browser = signed_in(alice)
    base = messages.wordings.draft("delayed").mark
    browser.post("/messages/texts/delayed/save", {"base": base, "name": "", "paper": "summary"})
    assert messages.wordings.draft("delayed").wording.paper == "summary"


def test_texts_by_key_are_begun_and_each_form_of_a_language_is_a_field(browser: Client) -> None:
    browser.post(f"{AT}save", form(**{"n:ro": "lucruri", "t:ro": "{count} de lucruri", "c:ro": "on"}))
    page = browser.get(AT).content.decode()
    assert [f'name="f:ro:@.lucruri:{tag}"' in page for tag in ("one", "few", "many", "other")] == [True, True, False, True]
    fields = {"f:ro:@.lucruri:one": "un lucru", "f:ro:@.lucruri:few": "{count} lucruri", "f:ro:@.lucruri:other": "{count} de lucruri"}
    browser.post(f"{AT}save", form(**fields, **{"n:ro": "@.atent", "t:ro": "Aveți grijă"}))
    words = messages.wordings.draft("hello").wording.variants["ro"].words
    assert words == {"@.lucruri": ("un lucru", "{count} lucruri", "{count} de lucruri"), "@.atent": "Aveți grijă"}
    browser.post(f"{AT}save", form(**dict.fromkeys(fields, ""), **{"w:ro:@.atent": "Aveți grijă"}))
    assert messages.wordings.draft("hello").wording.variants["ro"].words == {"@.atent": "Aveți grijă"}


@pytest.mark.parametrize(("enclosed", "said"), [
    ("invoice", ("the shop’s own invoice",)), ("summary", ("a summary of the order",)),
    ("summary; the shop's own could not be had: its address answered 404.", ("a summary of the order", "answered 404")),
    ("nothing: A summary cannot say this", ("no paper", "cannot say this")),
])  # fmt: skip
def test_the_page_of_a_message_says_which_paper_went_with_it_and_why_no_other(
    shop: Shop, signed_in: Browser, alice: Any, enclosed: str, said: tuple[str, ...]
) -> None:
    id = sql.value("select intent_id from message_delivery limit 1")
    sql.run("update message_delivery set enclosed = %s where intent_id = %s", [enclosed, id])
    page = signed_in(alice).get(f"/messages/{id}/").content.decode()
    assert [one in page for one in said] == [True] * len(said)


def test_whose_link_somebody_followed_is_told_on_the_command_line(shop: Shop) -> None:
    from typer.testing import CliRunner

    from afterword.loop.messages.commands import app

    customer = sql.value("select id from customers_customer limit 1")
    sql.run("insert into message_referral (code, customer_id, made_at) values ('k3v9x2m7qa', %s, now())", [customer])
    found = CliRunner().invoke(app, ["message", "referrer", "K3V9X2M7QA"])
    assert (found.exit_code, found.output.strip()) == (0, str(customer))
    assert CliRunner().invoke(app, ["message", "referrer", "nobody"]).exit_code == 1


def test_a_key_without_a_text_is_not_lost_in_silence(browser: Client) -> None:
    kept = browser.post(f"{AT}save", form(**{"n:ro": "lucruri", "t:ro": " ", "c:ro": "on"}), follow=True).content.decode()
    assert "“lucruri” was not added: write its text beside it." in kept
    assert "@.lucruri" not in str(messages.document(messages.wordings.draft("hello").wording))


def test_the_texts_of_what_ships_are_called_as_people_call_them(browser: Client) -> None:
    page = browser.get("/messages/texts/order_confirmation/?language=en").content.decode()
    assert "Subject, where a part of it is not known" in page
    assert "subject.plain</label>" not in page


@pytest.mark.parametrize("at", ["/messages/texts/new", "/messages/blocks/new"])
def test_a_refused_key_is_told_beside_it_and_what_was_typed_stays(browser: Client, at: str) -> None:
    given = {"name": "Spring promo", "key": "No Key", "category": "service", "language": "ro", "source": SECTION.format("x")}
    answer = browser.post(at, given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-describedby="h-key w-key" aria-invalid="true"' in page
    assert 'value="Spring promo"' in page
    assert 'value="No Key"' in page
