"""A signed link says what it says, and nothing else can be made to say it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterword.loop.messages.rules.links import PURPOSES, BadLink, LinkExpired, Purpose, Ring, Token, links_for, read, sign

NOW = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
RING = Ring({1: b"old" * 11, 2: b"new" * 11}, 2)


NOTES = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200)


@given(st.sampled_from(PURPOSES), st.lists(st.uuids(), max_size=4), NOTES)
def test_a_token_reads_back_as_it_was_signed(purpose: Purpose, ids: list[UUID], note: str) -> None:
    token = Token(purpose, tuple(ids), note, NOW + timedelta(days=1))
    assert read(RING, sign(RING, token), purpose, NOW) == token


@given(st.integers(0, 60), st.sampled_from("ABCXYZabcxyz0189-_"))
def test_a_changed_letter_is_noticed(at: int, letter: str) -> None:
    text = sign(RING, Token("order", (UUID(int=7),), "main", NOW + timedelta(days=1)))
    changed = text[:at] + letter + text[at + 1 :]
    if changed != text:
        with pytest.raises(BadLink):
            read(RING, changed, "order", NOW)


@pytest.mark.parametrize("text", ["", "x", "a" * 5000, "ü" * 40, "=" * 40, "Ag" * 20])
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(BadLink):
        read(RING, text, "order", NOW)


def test_a_link_for_one_purpose_serves_no_other() -> None:
    with pytest.raises(BadLink):
        read(RING, sign(RING, Token("open", (UUID(int=7),))), "unsubscribe", NOW)


def test_a_link_signed_with_an_older_key_still_holds_and_one_with_an_unknown_key_does_not() -> None:
    older = sign(Ring(RING.keys, 1), Token("order", (UUID(int=7),)))
    assert read(RING, older, "order", NOW).ids == (UUID(int=7),)
    with pytest.raises(BadLink):
        read(Ring({2: RING.keys[2]}, 2), older, "order", NOW)


def test_links_expire_but_unsubscribing_never_does() -> None:
    past = NOW - timedelta(days=1)
    with pytest.raises(LinkExpired):
        read(RING, sign(RING, Token("score", (UUID(int=7),), "", past)), "score", NOW)
    assert read(RING, sign(RING, Token("unsubscribe", (UUID(int=7),), "", past)), "unsubscribe", NOW + timedelta(days=9999))


def test_links_stay_short_and_uncounted_addresses_stay_as_they_are() -> None:
    made = links_for(
        RING, "https://care.example/c", message_id=UUID(int=1), customer_id=UUID(int=2), order_id=None, store="main",
        topic="service", now=NOW, locale="en", survey="nps", count_clicks=False, count_opens=False,
    )  # fmt: skip
    assert made.order == ""
    assert made.open == ""
    assert made.tracked("https://shop.example/x") == "https://shop.example/x"
    assert all(len(link) < 160 for link in (made.score, made.unsubscribe, made.preferences))
