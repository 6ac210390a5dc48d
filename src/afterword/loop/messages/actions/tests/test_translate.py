"""Texts go to translators and come back: a round trip changes nothing, an import takes what fits and names what does not."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from afterword.loop.messages.actions import write
from afterword.loop.messages.actions.tests.test_write import AT, SECTION, changed
from afterword.loop.messages.actions.translate import export_texts, import_texts
from afterword.loop.messages.queries.wordings import draft
from afterword.loop.messages.rules.exchange import Form, NotAFile, read
from afterword.loop.messages.rules.segments import pieces

pytestmark = pytest.mark.django_db
FORMS: tuple[Form, ...] = ("po", "xliff", "xliff12")
BODY = (SECTION % "Salut {{ customer.first_name | default: 'dragă' }}, <b>comanda</b> & „ceai” <br/>e aici") + SECTION % "A doua\n  frază"


@pytest.fixture(autouse=True)
def _written() -> None:
    begun = write.begin_message("hello", "Hello", "service", "ro", at=AT)
    given = changed(begun, subject='Comanda {{ order.number }} "e" aici', body=BODY, preheader="Ceva\\n <nou>")
    write.save_message(given, base=begun.mark, at=AT)


def filled(raw: bytes, form: Form) -> bytes:
    """The file with the translation of its subject."""
    text = raw.decode()
    if form == "po":
        return re.sub(
            r'(msgid "Comanda \{\{ order.number \}\}.*\n)msgstr ""', r'\1msgstr "Order {{ order.number }} is here"', text
        ).encode()
    source = re.search(r"<source[^>]*>Comanda .*?</source>", text)
    assert source is not None
    return text.replace(source.group(), f"{source.group()}<target>Order {{{{ order.number }}}} is here</target>").encode()


@pytest.mark.parametrize("form", FORMS)
def test_a_round_trip_changes_nothing(form: Form) -> None:
    before = draft("hello").mark
    raw = export_texts("en", form)
    assert import_texts(raw, at=AT).changed == ()
    assert draft("hello").mark == before
    target, found = read(raw)
    assert target == "en"
    sources = {unit.source for unit in found["hello"].values()}
    assert {'Comanda {{ order.number }} "e" aici', "Ceva\\n <nou>", "A doua\n  frază"} <= sources


@pytest.mark.parametrize("form", FORMS)
def test_a_translation_comes_back_and_is_exported_again_with_what_stands_there(form: Form) -> None:
    done = import_texts(filled(export_texts("en", form), form), at=AT)
    assert (done.changed, done.texts, done.faults) == (("hello",), 1, ())
    assert draft("hello").wording.variants["en"].subject == "Order {{ order.number }} is here"
    again = export_texts("en", form)
    assert b"Order {{ order.number }} is here" in again
    mark = draft("hello").mark
    assert import_texts(again, at=AT).changed == ()
    assert draft("hello").mark == mark


def test_pieces_of_a_body_are_translated_and_its_structure_stays() -> None:
    raw = export_texts("en", "xliff").decode().replace(
        '<source xml:space="preserve">A doua\n  frază</source>', "<source>A doua\n  frază</source><target>The second</target>"
    )  # fmt: skip
    assert import_texts(raw.encode(), at=AT).faults == ()
    body = draft("hello").wording.variants["en"].body
    assert body == BODY.replace("A doua\n  frază", "The second")
    assert [text for _, _, text in pieces(body)][1] == "The second"


def test_what_does_not_fit_is_named_with_its_place_and_the_rest_is_taken() -> None:
    raw = export_texts("en", "xliff12").decode()
    raw = re.sub(r"(<source>Ceva.*?</source>)", r"\1<target>Something new</target>", raw)
    raw = re.sub(r"(<source>Comanda.*?</source>)", r"\1<target>Order without its number</target>", raw)
    raw = raw.replace("</body>", '<trans-unit id="body.99"><source>x</source><target>y</target></trans-unit></body>')
    raw = raw.replace("</xliff>", '<file original="nobody"><body><trans-unit id="a"><source>x</source></trans-unit></body></file></xliff>')
    done = import_texts(raw.encode(), at=AT)
    assert [(one.place, one.fault) for one in done.faults] == [
        ("hello:subject", "“{{ order.number }}” of its source is missing"),
        ("hello:body.99", "there is no such text any more"),
        ("nobody", "there is no such message"),
    ]
    variant = draft("hello").wording.variants["en"]
    assert (variant.preheader, variant.subject) == ("Something new", "")


def test_a_source_that_changed_meanwhile_is_said() -> None:
    raw = filled(export_texts("en", "po"), "po")
    kept = draft("hello")
    write.save_message(changed(kept.wording, subject="Alt subiect {{ order.number }}"), base=kept.mark, at=AT)
    (fault,) = import_texts(raw, at=AT).faults
    assert fault.fault == "its source has changed since this was exported"


@pytest.mark.parametrize(
    "raw", [b"", b"<xliff", b"<html/>", b"no po at all", b'<!DOCTYPE x [<!ENTITY a "b">]><xliff/>', b"\xff\xfe\x00", b"<a>" * 9_000]
)
def test_what_is_no_such_file_is_refused(raw: bytes) -> None:
    with pytest.raises(NotAFile):
        import_texts(raw, at=AT)


def test_xliff_is_well_formed_whatever_stands_in_it() -> None:
    kept = draft("hello")
    odd = changed(kept.wording, subject="]]> & <x y='z'> \x0b \U0001f98a")
    write.save_message(odd, base=kept.mark, at=AT)
    for form in ("xliff", "xliff12"):
        ElementTree.fromstring(export_texts("de", form))  # noqa: S314
