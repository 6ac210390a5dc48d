"""Notices in the browser: the RFC's own example, and a push service that opens what it gets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from afterword.loop.channels.actions.carry import carry
from afterword.loop.channels.tests.samples_double import NOW, Double, linked
from afterword.loop.channels.types import Note, Outcome
from afterword.loop.channels.web_push.payloads import encrypted, new_key, packed, private, unpacked
from afterword.loop.channels.web_push.requests import reached
from afterword.loop.channels.web_push.send import WEB_PUSH

from .samples_double import SETTINGS, opened, push_service, subscription


@pytest.fixture
def double() -> Iterator[Double]:
    with push_service() as one:
        yield one


def sent(one: Note, **more: str) -> Outcome:
    (outcome,) = [o for o in carry(WEB_PUSH, [one], {**SETTINGS, **more}, NOW) if o]
    return outcome


def test_the_example_of_rfc_8291_is_encrypted_to_the_letter() -> None:
    made = encrypted(
        b"When I grow up, I want to be a watermelon",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
        own=private("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
        salt=unpacked("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert packed(made) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    browser = ec.derive_private_key(int.from_bytes(unpacked("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), "big"), ec.SECP256R1())
    assert opened(made, browser, unpacked("BTBZMqHH6r4Tts7J_aSIgg")).startswith(b"When I grow up")


def test_a_notice_is_read_by_the_browser_alone(double: Double) -> None:
    one = linked(subscription(double.url), text="Coletul vine mâine")
    assert sent(one).result == "accepted"
    assert double.taken[0] == {
        "title": "Your parcel", "body": "Coletul vine mâine", "url": "https://care.shop.example/c/s/k3J9", "tag": one.id.hex, "lang": "en",
    }  # fmt: skip
    assert b"Coletul" not in double.asked[0].body
    assert double.asked[0].headers["urgency"] == "high"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("a@shop.example", "mailto:a@shop.example"), ("mailto:a@shop.example", "mailto:a@shop.example"),
        ("shop.example/help", "https://shop.example/help"), ("https://shop.example", "https://shop.example"),
    ],
)  # fmt: skip
def test_a_contact_is_said_as_push_services_want_it(given: str, said: str) -> None:
    assert reached(given) == said


def test_a_browser_that_is_gone_and_one_of_another_key_are_forgotten(double: Double) -> None:
    gone = sent(linked(subscription(double.url, "gone")))
    assert (gone.result, gone.word, gone.suppress) == ("refused", "gone", True)
    other = sent(linked(subscription(double.url)), private=new_key())
    assert (other.result, other.word, other.suppress) == ("refused", "not_for_us", True)


def test_words_that_are_too_long_lose_their_end_and_no_more(double: Double) -> None:
    assert sent(linked(subscription(double.url), text="ж" * 5000)).result == "accepted"
    assert len(double.taken[0]["body"]) > 1500
    assert sent(linked("no subscription")).word == "cannot_say"


def test_what_was_lost_is_not_in_doubt_because_a_topic_replaces_itself(double: Double) -> None:
    double.faults = ["drop"]
    lost = sent(linked(subscription(double.url)))
    assert (lost.result, lost.in_doubt) == ("deferred", False)
