"""Letters: in six languages with their fonts inside, the address in the window, kept once, refused where a letter would have holes."""

from __future__ import annotations

import re
import zlib

import pytest

from afterword.kit import sql
from afterword.loop.channels.actions.carry import carry
from afterword.loop.channels.letter.payloads import fonts
from afterword.loop.channels.letter.send import LETTER
from afterword.loop.channels.tests.samples_double import NOW, Answer, Asked, Double, note, serving
from afterword.loop.channels.tests.samples_wire import samples
from afterword.loop.channels.types import Note, Outcome

pytestmark = [pytest.mark.django_db, pytest.mark.skipif("sans" not in fonts(), reason="the fonts are installed by CI")]
WORDS = {
    "en": "Your parcel comes tomorrow.", "ro": "Coletul tău vine mâine, Ștefan.", "uk": "Ваша посилка прийде завтра, Їжаче.",
    "ko": "소포가 내일 도착합니다.", "th": "พัสดุของคุณจะมาถึงพรุ่งนี้", "pt-BR": "Sua encomenda chega amanhã, João.",
}  # fmt: skip
ADDRESS = "Ana Popovici\nStrada Lungă 5\n500001 Brașov\nROMANIA"


def one(text: str, address: str = ADDRESS) -> Note:
    return note(
        "postal", text, sender="Lut & Boabe", parts={"address": address, "whence": "Lut & Boabe, Strada Mică 1, Cluj", "day": "4 May 2026"}
    )


def sent(*notes: Note, **settings: str) -> list[Outcome]:
    return [o for o in carry(LETTER, notes, {"price": "120", "currency": "EUR", **settings}, NOW) if o]


@pytest.mark.parametrize("locale", list(WORDS))
def test_a_letter_in_each_language_has_its_fonts_inside(locale: str) -> None:
    letter = one(WORDS[locale])
    assert sent(letter)[0].result == "accepted"
    pdf = bytes(sql.value("select pdf from channel_letter where id = %s", [letter.id]))
    assert pdf.startswith(b"%PDF-")
    assert (
        pdf.count(b"/FontFile2") + pdf.count(b"/FontFile3") == len(re.findall(rb"/Type /Font\n?/Subtype /Type0|/Subtype /Type0", pdf)) >= 1
    )
    assert re.search(rb"/MediaBox \[0 0 595\.\d+ 841\.\d+\]", pdf)


def test_the_address_stands_in_the_window() -> None:
    letter = one(WORDS["en"])
    sent(letter)
    pdf = bytes(sql.value("select pdf from channel_letter where id = %s", [letter.id]))
    streams = [zlib.decompress(raw) for raw in re.findall(rb"stream\n(.*?)\nendstream", pdf, re.S) if raw[:1] == b"x"]
    drawn = next(stream for stream in streams if b" Tf" in stream)
    places = [(float(x), 841.89 - float(y)) for x, y in re.findall(rb"BT ([\d.]+) ([\d.]+) Td", drawn)]
    in_window = [(x, y) for x, y in places if 20 / 25.4 * 72 <= x <= 105 / 25.4 * 72 and 45 / 25.4 * 72 <= y <= 90 / 25.4 * 72]
    assert len(in_window) == 5


def test_what_would_have_holes_is_not_printed() -> None:
    assert sent(one("x", "Ana"))[0].word == "cannot_say"
    assert sent(one("x", "\n".join("abcdefg")))[0].word == "cannot_say"
    assert "no font has" in sent(one("𓀀"))[0].said
    assert "not installed" in sent(one("x"), fonts="/nowhere")[0].said


def test_it_is_kept_once_and_a_printer_outside_gets_it_instead() -> None:
    letter = one(WORDS["ro"])
    assert [o.result for o in (*sent(letter), *sent(letter))] == ["accepted", "accepted"]
    assert sql.value("select count(*) from channel_letter") == 1

    def printer(double: Double, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != "Bearer p" or not asked.body.startswith(b"%PDF-"):
            return samples("letter", "answers")["the token is wrong"].answer()
        double.taken.append(asked.headers["idempotency-key"])
        return samples("letter", "answers")["taken"].answer()

    with serving(printer) as double:
        assert sent(letter, url=double.url, token="p")[0].result == "accepted"
        assert double.taken == [str(letter.id)]
    assert sql.value("select count(*) from channel_letter") == 1
