"""Mails over providers of django-anymail: the real backends and views, against doubles of two services."""

from __future__ import annotations

import hmac
import json
from dataclasses import replace
from email.message import EmailMessage
from uuid import uuid4

import pytest

from afterword.loop.channels.actions.carry import knows_repetitions
from afterword.loop.channels.email_anymail.send import ANYMAIL, send
from afterword.loop.channels.tests.samples_double import NOW, Double, call
from afterword.loop.channels.tests.samples_wire import samples, settings
from afterword.loop.channels.types import Envelope, Outcome

from .samples_double import INACTIVE, KEY, TOKEN, brevo, mailgun, postmark, resend, said


def envelope(to: str = "ana@b.example") -> Envelope:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Lut & Boabe <shop@lut.example>", f"Ana <{to}>", "Coletul vine mâine"
    mail["List-Unsubscribe"] = "<https://care.lut.example/c/u/x>"
    mail["DKIM-Signature"] = "v=1; b=ours"
    mail.set_content("Vine mâine.")
    mail.add_alternative("<p>Vine <b>mâine</b>.</p>", subtype="html")
    return Envelope(uuid4(), "shop@lut.example", to, mail.as_bytes())


def over(double: Double, *envelopes: Envelope, options: str = "") -> list[Outcome]:
    given = {"service": "postmark", "options": options or f"server_token = {TOKEN}\napi_url = {double.url}/"}
    return [one for one in send(envelopes, given, NOW) if one]


def test_a_mail_goes_in_its_parts_with_our_headers_and_our_id() -> None:
    with postmark() as double:
        one = envelope()
        (outcome,) = over(double, one)
        said = double.taken[0]
    assert (outcome.result, outcome.provider_id) == ("accepted", "b7bc2f4a-e38e-4336-af7d-e6c392c2f811")
    assert (said["Subject"], said["TextBody"].strip(), said["HtmlBody"].strip()) == (
        "Coletul vine mâine",
        "Vine mâine.",
        "<p>Vine <b>mâine</b>.</p>",
    )
    assert {"Name": "List-Unsubscribe", "Value": "<https://care.lut.example/c/u/x>"} in said["Headers"]
    assert not [header for header in said["Headers"] if header["Name"].lower() in ("dkim-signature", "from")]
    assert said["Metadata"] == {"afterword": str(one.id)}


def test_what_it_refuses_is_understood() -> None:
    with postmark() as double:
        (gone,) = over(double, envelope(INACTIVE))
        assert (gone.result, gone.suppress) == ("refused", True)
        wrong = over(double, *[envelope() for _ in range(9)], options=f"server_token = x\napi_url = {double.url}/")
        assert {(o.result, o.word) for o in wrong} == {("deferred", "no_server")}
        double.faults = [said("too fast")]
        assert over(double, envelope())[0].word == "paced"
        double.faults = [said("they are down")]
        assert over(double, envelope())[0].result == "deferred"


def test_a_lost_answer_is_in_doubt_and_a_connection_that_never_stood_is_not() -> None:
    with postmark() as double:
        double.faults = ["drop"]
        (lost,) = over(double, envelope())
        assert (lost.result, lost.in_doubt, len(double.taken)) == ("deferred", True, 1)
        (gone,) = over(double, envelope(), options=f"server_token = {TOKEN}\napi_url = http://127.0.0.1:9/")
        assert (gone.result, gone.word, gone.in_doubt) == ("deferred", "network", False)
        assert gone.said == "it could not be asked: nothing answers on port 9 of 127.0.0.1"
        (nameless,) = over(double, envelope(), options=f"server_token = {TOKEN}\napi_url = https://api.nowhere.invalid/")
        assert nameless.said.endswith(
            ("there is no server called api.nowhere.invalid", "api.nowhere.invalid cannot be looked up from here just now")
        )


@pytest.mark.timeout(20)
def test_settings_that_make_no_provider_put_off_and_a_mail_it_cannot_say_is_refused() -> None:
    (outcome,) = [one for one in send([envelope()], {"service": "postmark", "options": ""}, NOW) if one]
    assert (outcome.result, outcome.word) == ("deferred", "no_server")
    assert "server_token" in outcome.said.lower()
    with postmark() as double:
        good, bad = envelope(), replace(envelope(), raw=b"From: a@b@c <\r\nTo: x\r\nSubject: x\r\n\r\nx\r\n")
        outcomes = {one.id: one for one in over(double, bad, good)}
        assert outcomes[good.id].result == "accepted"
        assert (outcomes[bad.id].result, outcomes[bad.id].word) == ("refused", "cannot_say")


def test_resend_knows_a_repetition_by_our_key_so_nothing_is_in_doubt() -> None:
    with resend() as double:
        given = {"service": "resend", "options": f"api_key = {KEY}\napi_url = {double.url}/"}
        one = envelope()
        double.faults = ["drop"]
        anew = replace(one, raw=one.raw.replace(b"Vine", b"Mine"))
        outcomes = [next(o for o in send([mail], given, NOW) if o) for mail in (one, one, anew)]
        assert [(o.result, o.in_doubt) for o in outcomes] == [("deferred", False), ("accepted", False), ("accepted", False)]
        assert [asked.headers["idempotency-key"] for asked in double.asked] == [str(one.id)] * 3
        assert len(double.taken) == 1
    assert knows_repetitions(ANYMAIL, given)


def test_brevo_is_given_the_key_and_stays_in_doubt_because_it_forgets_within_the_hour() -> None:
    with brevo() as double:
        given = {"service": "brevo", "options": f"api_key = {KEY}\napi_url = {double.url}/v3/"}
        one = envelope()
        double.faults = ["drop"]
        lost, again = (next(o for o in send([one], given, NOW) if o) for _ in range(2))
        assert (lost.result, lost.in_doubt) == ("deferred", True)
        assert (again.result, again.word, len(double.taken)) == ("accepted", "repeated", 1)
    assert not knows_repetitions(ANYMAIL, given)


def test_another_provider_is_another_line_of_options() -> None:
    with mailgun() as double:
        given = {"service": "mailgun", "options": f"api_key = {KEY}\nsender_domain = lut.example\napi_url = {double.url}/v3/"}
        (outcome,) = [one for one in send([envelope()], given, NOW) if one]
    assert (outcome.result, outcome.provider_id) == ("accepted", "<20260504.1@lut.example>")


def test_receipts_are_believed_with_the_secret_that_was_set_and_never_without() -> None:
    assert ANYMAIL.verified
    delivered, given = samples("email_anymail", "receipts")["delivered"].call(), settings("email_anymail")
    assert ANYMAIL.verified(delivered, given)
    assert not ANYMAIL.verified(delivered, {**given, "receipts": ""})
    assert not ANYMAIL.verified(delivered, {**given, "receipts": "webhook_secret = aw:other"})


def test_what_is_asked_and_answered_is_what_is_recorded() -> None:
    (sample,) = samples("email_anymail", "requests").values()
    with postmark() as double:
        one = envelope()
        over(double, one)
        asked = double.asked[0]
    wanted = {**sample.json, "Metadata": {"afterword": str(one.id)}}
    assert (f"{asked.method} {asked.path}", asked.json()) == (sample.start, wanted)
    assert {name: asked.headers[name] for name in sample.headers} == sample.headers


@pytest.mark.parametrize("name", [n for n, one in samples("email_anymail", "answers").items() if "means" in one.says])
def test_an_answer_means_what_is_recorded(name: str) -> None:
    sample = samples("email_anymail", "answers")[name]
    with postmark() as double:
        double.faults = [sample.answer()]
        (outcome,) = over(double, envelope(INACTIVE if INACTIVE in sample.body.decode() else "ana@b.example"))
    spelt = f"{outcome.result} {outcome.word}" + " suppress" * outcome.suppress
    assert spelt + (f" id={outcome.provider_id}" if outcome.provider_id else "") == sample.says["means"]


def test_a_provider_s_own_signature_is_checked_by_its_view() -> None:
    assert ANYMAIL.verified
    given = {"service": "mailgun", "options": "", "receipts": "webhook_signing_key = sign-me"}

    def told(key: str) -> bytes:
        mark = hmac.digest(key.encode(), b"1777885200" + b"t0ken", "sha256").hex()
        event = {"event": "delivered", "id": "e1", "timestamp": 1777885200.0, "recipient": "a@b.example",
                 "message": {"headers": {"message-id": "1@lut"}}, "user-variables": {}}  # fmt: skip
        return json.dumps({"signature": {"timestamp": "1777885200", "token": "t0ken", "signature": mark}, "event-data": event}).encode()

    headers = {"content-type": "application/json"}
    assert ANYMAIL.verified(call(told("sign-me"), headers=headers), given)
    assert not ANYMAIL.verified(call(told("other"), headers=headers), given)
    assert ANYMAIL.heard
    assert ANYMAIL.heard(call(told("sign-me"), headers=headers), given)[0].kind == "delivered"
