"""What is written is read back the same by Python's own e-mail parser."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import cast
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afterword.loop.messages.rules.mime import BadHeader, NotAnAddress, Party, build, mailbox
from afterword.loop.messages.rules.render import Rendered

AT = datetime(2026, 11, 16, 15, 0, 7, tzinfo=UTC)
ID = UUID("01934b2e-0000-7000-8000-000000000001")
NAMES = [
    "Seoyeon Kim", "김서연", "ศรีสุดา วงศ์สวัสดิ์", "محمد بن عبد الله", "Ελένη Παπαδοπούλου", "👩‍🍳 Anca 🫖", 'Ann "Nan" O\'Hara, Jr.',
    "Kovács-Nagy " * 20, "=?utf-8?b?evil?=", "",
]  # fmt: skip


def posted(
    subject: str = "Hello", text: str = "Hi\n", html: str = "<p>Hi</p>", name: str = "", headers: dict[str, str] | None = None
) -> tuple[bytes, EmailMessage]:
    mail = build(
        Rendered(subject, "", html, text, headers or {}), id=ID, at=AT, sender=Party("salut@lut.example", "Lut & Boabe"),
        to=Party("s@example.org", name),
    )  # fmt: skip
    return mail.raw, message_from_bytes(mail.raw, policy=policy.default)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_comes_back_as_it_was_written(name: str) -> None:
    raw, read = posted(name=name)
    assert read["To"].addresses[0].addr_spec == "s@example.org"
    # The newer parser of Python 3.11 puts a blank between two encoded words of a name; the older one follows RFC 2047.
    line = message_from_bytes(raw, policy=policy.compat32)["To"]
    said = str(make_header(decode_header(parseaddr(line)[0])))
    assert " ".join(said.split()) == " ".join(name.split())
    assert not read.defects


@pytest.mark.parametrize("subject", ["Ваша посилка в дорозі " * 9, "택배가 출발했어요 (주문 #24971)", "🫖" * 60, "a " * 300, "x" * 2000])
def test_long_and_foreign_subjects_come_back_and_no_line_is_too_long(subject: str) -> None:
    raw, read = posted(subject=subject)
    assert read["Subject"] == subject.strip()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


@settings(max_examples=150, deadline=None)
@given(st.text(min_size=1, max_size=120), st.text(max_size=60))
def test_no_text_can_begin_a_header_of_its_own(subject: str, name: str) -> None:
    raw, read = posted(subject=f"{subject}\r\nBcc: all@example.org", name=f"{name}\nX-Evil: 1")
    head = raw.split(b"\r\n\r\n")[0]
    assert read["Bcc"] is None
    assert read["X-Evil"] is None
    assert b"\nBcc:" not in head


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), max_size=400))
def test_both_parts_come_back_word_for_word(text: str) -> None:
    raw, read = posted(text=text + "\n", html=f"<p>{text}</p>")
    plain, html = read.get_body(("plain",)), read.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert cast(EmailMessage, plain).get_payload(decode=True) == (text + "\n").replace("\n", "\r\n").encode()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_one_click_headers_and_dates_are_as_the_law_of_mail_wants_them() -> None:
    address = "https://care.lut.example/c/u/" + "A" * 130
    raw, read = posted(headers={"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"})
    assert f"List-Unsubscribe: <{address}>\r\n".encode() in raw
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read["Date"] == "Mon, 16 Nov 2026 15:00:07 +0000"
    assert read["Message-ID"] == f"<{ID}@lut.example>"
    assert raw == posted(headers={"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"})[0]


def test_a_domain_of_another_script_travels_in_ascii_and_a_local_part_asks_for_utf8() -> None:
    assert mailbox(" anna@bücher.example ") == "anna@xn--bcher-kva.example"
    mail = build(Rendered("s", "", "h", "t"), id=ID, at=AT, sender=Party("a@b.example"), to=Party("анна@b.example"))
    assert mail.utf8


@pytest.mark.parametrize("address", ["", "a", "a@", "a b@c.example", "a@b.example\nBcc: x@y.example", "<a@b.example>", "a@b@c.example"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(NotAnAddress):
        mailbox(address)


def test_a_header_name_must_be_a_name() -> None:
    with pytest.raises(BadHeader):
        posted(headers={"X: y\r\nBcc": "z"})
