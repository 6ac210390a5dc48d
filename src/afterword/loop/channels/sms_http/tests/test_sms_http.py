"""SMS over whatever takes a request: two providers that differ in everything, each described by settings alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit

from afterword.loop.channels.actions.carry import carry
from afterword.loop.channels.sms_http.send import HTTP
from afterword.loop.channels.tests.samples_double import NOW, Answer, Asked, Double, answered, call, note, serving
from afterword.loop.channels.types import Note, Outcome

JSON = {
    "method": "POST", "headers": "Authorization: App {token}", "token": "k3y", "sender": "LUT", "success": "200 PENDING",
    "their_id": "messages.0.id",
    "body": '{"messages": [{"to": "{to}", "from": "{sender}", "text": "{text}", "callbackData": "{id}"}]}', "price": "4", "currency": "EUR",
    "receipts": "id = messageId, state = status, delivered = DELIVRD, failed = UNDELIV EXPIRED, from = msisdn, text = content",
    "secret": "s3cret",
}  # fmt: skip


def _json(double: Double, asked: Asked) -> Answer:
    if asked.headers.get("authorization") != "App k3y":
        return answered(401, {"error": "unauthorized"})
    said = asked.json()["messages"][0]
    if not said["to"].startswith("+") or not said["text"]:
        return answered(200, {"messages": [{"status": "REJECTED"}]})
    if any(one["callbackData"] == said["callbackData"] for one in double.taken):
        return answered(200, {"messages": [{"id": "again", "status": "PENDING"}]})
    double.taken.append(said)
    return answered(200, {"messages": [{"id": f"n{len(double.taken)}", "status": "PENDING"}]})


def _get(double: Double, asked: Asked) -> Answer:
    given = dict(parse_qsl(urlsplit(asked.path).query, strict_parsing=True))
    double.taken.append(given)
    return 200, {}, b"OK: 1" if given.get("pass") == "pä&ss" else b"ERR: 101"


@contextmanager
def json_provider() -> Iterator[Double]:
    with serving(_json) as double:
        yield double


def sent(settings: dict[str, str], one: Note) -> Outcome:
    (outcome,) = [o for o in carry(HTTP, [one], settings, NOW) if o]
    return outcome


def test_words_are_spelt_as_their_place_asks() -> None:
    with json_provider() as double:
        settings = {**JSON, "url": f"{double.url}/sms/2/text"}
        outcome = sent(settings, note("+40712345678", 'Say "hi"\n{token} \\ & done'))
        assert (outcome.result, outcome.provider_id, outcome.currency) == ("accepted", "n1", "EUR")
        assert double.taken[0]["text"] == 'Say "hi"\n{token} \\ & done'
        assert sent(settings, note("0712")).result == "refused"
        assert sent({**settings, "token": "x"}, note("+40712345678")).word == "no_server"


def test_a_get_with_everything_in_the_address() -> None:
    with serving(_get) as double:
        settings = {
            "method": "GET",
            "url": f"{double.url}/send?pass={{token}}&to={{to}}&msg={{text}}",
            "token": "pä&ss",
            "success": "2xx OK",
        }
        assert sent(settings, note("+40712345678", "a & b = c")).result == "accepted"
        assert (double.taken[0]["msg"], double.taken[0]["to"]) == ("a & b = c", "+40712345678")
        assert sent({**settings, "token": "x"}, note("+40712345678")).result == "refused"


def test_whether_a_lost_answer_is_in_doubt_is_as_the_provider_was_described() -> None:
    with json_provider() as double:
        double.faults = ["drop", "drop"]
        settings = {**JSON, "url": f"{double.url}/"}
        assert sent(settings, note("+40712345678")).in_doubt
        assert not sent({**settings, "repeats": "yes"}, note("+40712345678")).in_doubt


def test_receipts_and_answers_by_the_names_that_were_set() -> None:
    assert HTTP.heard
    assert HTTP.verified
    (delivered,) = HTTP.heard(call(json.dumps({"messageId": "n1", "status": "DELIVRD"}).encode()), JSON)
    assert (delivered.kind, delivered.provider_id) == ("delivered", "n1")
    (failed,) = HTTP.heard(call(b"messageId=n1&status=EXPIRED"), JSON)
    assert failed.kind == "failed"
    (reply,) = HTTP.heard(call(b"", query={"msisdn": "40712345678", "content": "STOP", "messageId": "i1"}), JSON)
    assert (reply.kind, reply.address, reply.text) == ("replied", "+40712345678", "STOP")
    assert HTTP.heard(call(b"messageId=n1&status=ACCEPTED"), JSON) == ()
    assert HTTP.verified(call(b"", query={"key": "s3cret"}), JSON)
    assert not HTTP.verified(call(b"", query={"key": "no"}), JSON)
    assert not HTTP.verified(call(b""), {**JSON, "secret": ""})
