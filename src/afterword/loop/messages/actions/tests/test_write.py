"""What a shop writes: kept while two people write, published as revisions that never change, sent with its revision named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection

from afterword.kit import sql
from afterword.loop.events import door as events
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity
from afterword.loop.messages import door as messages
from afterword.loop.messages.actions import write
from afterword.loop.messages.actions.outcomes import Handed, keep
from afterword.loop.messages.models import Message, Revision
from afterword.loop.messages.queries import wordings
from afterword.loop.messages.queries.letters import Letter, letters
from afterword.loop.messages.rules.liquid import BadTemplate
from afterword.loop.messages.rules.wording import Wording, document
from afterword.loop.messages.types import BadKey, CategoryStays, DraftMovedOn, MessageKeyTaken, NeverPublished

AT = datetime(2026, 5, 4, 9, tzinfo=UTC)
SECTION = "<mj-section><mj-column><mj-text>%s</mj-text></mj-column></mj-section>"
BODY = SECTION % "Salut {{ customer.first_name }}, {{ order.number }}. {{ 'sign' | voiced }}"
pytestmark = pytest.mark.django_db


def changed(wording: Wording, **parts: Any) -> dict[str, Any]:
    """The document of a wording with parts of its first language changed."""
    given = document(wording)
    first = next(iter(given["variants"]))
    return {**given, "variants": {**given["variants"], first: {**given["variants"][first], **parts}}}


def written(key: str = "hello", *, category: str = "service", **parts: str) -> Wording:
    """A message of the shop's own, published."""
    begun = write.begin_message(key, "Hello", category, "ro", at=AT)
    kept = write.save_message(changed(begun, **{"subject": "Comanda {{ order.number }}", "body": BODY, **parts}), base=begun.mark, at=AT)
    return write.publish_message(key, base=kept.mark, at=AT, by="ana")


def due(message: str) -> dict[str, Any]:
    """A delivery that is due, to a customer with an order."""
    properties = {"currency": "RON", "total_minor": 1900, "lines": [{"product": "mug", "title": "Cană", "quantity": 1}], "language": "ro"}
    who = Who("c1", "ana@example.com", verified=True)
    personal = {"email": "ana@example.com", "number": "#7"}
    told = Told("order.placed", AT, "test", "o1", who=who, order="o1", properties=properties, personal=personal)
    assert not identity.record([told], received_at=AT).refused
    events.seal(AT)
    found = sql.records("select id as order_id, customer_id from orders_order")[0]
    id = uuid4()
    sql.run(
        "insert into message_intent (id, origin, run, step, subject_id, customer_id, order_id, store, message, channel, category, "
        "planned_at, useful_until, state, released_at) "
        "values (%s, 'care', %s, 's', %s, %s, %s, 'main', %s, 'email', 'service', %s, %s, 'released', %s)",
        [id, uuid4(), found["order_id"], found["customer_id"], found["order_id"], message, AT, AT + timedelta(days=9), AT],
    )
    sql.run(
        "insert into message_delivery (intent_id, customer_id, store, channel, address, next_at) values (%s, %s, 'main', 'email', '', %s)",
        [id, found["customer_id"], AT],
    )
    return {**found, "id": id, "store": "main", "message": message}


def letter(row: dict[str, Any]) -> tuple[Letter, str]:
    ((_, made),) = letters([row], lambda row: AT)
    assert isinstance(made, Letter), made
    part = message_from_bytes(made.mail.raw, policy=policy.default).get_body(("plain",))
    assert part is not None
    return made, str(part.get_content())


def test_what_the_shop_wrote_is_sent_and_the_delivery_names_its_revision() -> None:
    from afterword.loop.messages.actions import lease

    published = written()
    row = due("hello")
    taken = lease.lease(AT + timedelta(minutes=1))[row["id"]]
    made, text = letter(taken)
    assert (made.subject, made.locale, taken["revision"]) == ("Comanda #7", "ro", published.number)
    assert "Salut" in text
    from afterword.loop.channels.door import Outcome

    keep({row["id"]: {**taken, "live": False}}, {row["id"]: made}, [Outcome(row["id"], "accepted", "accepted")], AT, True, Handed())
    assert sql.value("select revision from message_delivery where intent_id = %s", [row["id"]]) == 1


def test_a_version_of_what_ships_says_its_own_words_and_the_rest_as_it_ships() -> None:
    row = due("csat")
    shipped = wordings.draft("csat").wording
    kept = write.save_message(changed(shipped, words={"@.headline": "Cum a fost la noi?"}), base=shipped.mark, at=AT)
    assert "Cum a fost la noi?" not in letter(row)[1], "a draft is sent to nobody"
    write.publish_message("csat", base=kept.mark, at=AT)
    made, text = letter(row)
    assert "Cum a fost la noi?" in text
    assert made.subject == "Cum a fost cu comanda #7?"
    assert row["revision"] == 1
    write.as_it_ships("csat", at=AT)
    assert "Cum a fost la noi?" not in letter(row)[1]
    assert row["revision"] is None


def test_a_published_revision_never_changes() -> None:
    written()
    with pytest.raises(IntegrityError, match="never changes"):
        Revision.objects.update(document={})
    connection.needs_rollback = False


def test_publishing_the_same_twice_is_one_revision_and_an_older_one_can_be_taken_up_again() -> None:
    first = written()
    draft = wordings.draft("hello")
    assert not draft.differs
    assert write.publish_message("hello", base=draft.mark, at=AT).number == 1
    kept = write.save_message(changed(first, subject="Altceva"), base=draft.mark, at=AT)
    assert wordings.draft("hello").differs
    assert write.publish_message("hello", base=kept.mark, at=AT).number == 2
    back = write.go_back("hello", 1, at=AT)
    assert write.publish_message("hello", base=back.mark, at=AT).number == 3
    assert [row.number for row in wordings.revisions("hello")] == [3, 2, 1]
    assert wordings.revision("hello", 2).variants["ro"].subject == "Altceva"


def test_two_people_who_write_the_same_message_do_not_overwrite_each_other() -> None:
    base = written()
    mark = wordings.draft("hello").mark
    write.save_message(changed(base, subject="Ana's"), base=mark, at=AT, by="ana@shop.example")
    with pytest.raises(DraftMovedOn, match=r"ana@shop\.example"):
        write.save_message(changed(base, subject="Bogdan's"), base=mark, at=AT, by="bogdan")
    with pytest.raises(DraftMovedOn):
        write.publish_message("hello", base=mark, at=AT)
    assert wordings.draft("hello").wording.variants["ro"].subject == "Ana's"


def test_what_does_not_compile_is_kept_as_a_draft_and_not_published() -> None:
    begun = write.begin_message("broken", "Broken", "service", "en", at=AT)
    kept = write.save_message(changed(begun, body="<mj-section>{% if x %}</mj-section>"), base=begun.mark, at=AT)
    with pytest.raises(BadTemplate):
        write.publish_message("broken", base=kept.mark, at=AT)
    assert Message.objects.get(key="broken").live is None


def test_only_what_was_published_can_be_sent_and_its_kind_stays() -> None:
    write.begin_message("later", "Later", "marketing", "en", at=AT)
    assert "later" not in messages.message_keys()
    with pytest.raises(NeverPublished):
        messages.category("later")
    published = written()
    assert messages.category("hello") == "service"
    assert "hello" in messages.message_keys()
    kept = write.save_message(
        {**document(published), "category": "marketing", "ground": "consent"}, base=wordings.draft("hello").mark, at=AT
    )
    with pytest.raises(CategoryStays):
        write.publish_message("hello", base=kept.mark, at=AT)


def test_a_key_is_one_word_and_free() -> None:
    with pytest.raises(BadKey):
        write.begin_message("Big Words", "x", "service", "en", at=AT)
    with pytest.raises(MessageKeyTaken):
        write.begin_message("csat", "x", "service", "en", at=AT)


def test_a_block_is_kept_as_it_was_when_the_message_was_published() -> None:
    row = due("hello")
    write.save_block("promo", "Promo", SECTION % "FIRST", at=AT)
    written(body=BODY + '<mj-include path="promo"/>')
    assert "FIRST" in letter(row)[1]
    write.save_block("promo", "Promo", SECTION % "SECOND", at=AT)
    assert "FIRST" in letter(row)[1]
    write.publish_message("hello", base=wordings.draft("hello").mark, at=AT)
    assert "SECOND" in letter(row)[1]
    assert row["revision"] == 2


def test_links_to_the_shop_carry_its_marks_and_others_do_not() -> None:
    from afterword.loop.accounts import door as accounts

    accounts.save_store("main", by=None, brand={"site_url": "https://shop.example/"})
    write.save_manners("main", avoided=[], preferred={}, marks={"utm_source": "afterword", "utm_campaign": "{message}"}, keep_days={})
    row = due("hello")
    written(body=SECTION % '<a href="https://shop.example/a">a</a> <a href="https://else.example/b">b</a>')
    _, text = letter(row)
    notes = [messages.read(messages.ring(), one.split("/c/l/")[1], "click", AT).note for one in text.split() if "/c/l/" in one]
    assert notes == ["https://shop.example/a?utm_source=afterword&utm_campaign=hello", "https://else.example/b"]
    assert isinstance(row["id"], UUID)
