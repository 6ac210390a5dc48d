"""SMS over whatever takes a request: two providers that differ in everything, each described by settings alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from afterword.loop.channels.actions.carry import carry
from afterword.loop.channels.sms_http.send import HTTP
from afterword.loop.channels.tests.samples_double import NOW, Answer, Asked, Double, note, serving
from afterword.loop.channels.tests.samples_wire import samples, settings
from afterword.loop.channels.types import Note, Outcome

JSON = dict(settings("sms_http"))


def told(name: str, **more: Any) -> Answer:
    """A recorded answer."""
    return samples("sms_http", "answers")[name].answer(**more)


def _json(double: Double, asked: Asked) -> Answer:
    if asked.headers.get("authorization") != "App k3y":
        return told("the key is wrong")
    said = asked.json()["messages"][0]
    if not said["to"].startswith("+") or not said["text"]:
        return told("refused, with status 200")
    if any(one["callbackData"] == said["callbackData"] for one in double.taken):
        return told("known already")
    double.taken.append(said)
    return told("taken", messages=[{"id": f"n{len(double.taken)}", "status": "PENDING"}])


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
        outcome = sent(settings, note("+12025550147", 'Say "hi"\n{token} \\ & done'))
        assert (outcome.result, outcome.provider_id, outcome.currency) == ("accepted", "n1", "EUR")
        assert double.taken[0]["text"] == 'Say "hi"\n{token} \\ & done'
        assert sent(settings, note("0712")).result == "refused"
        assert sent({**settings, "token": "x"}, note("+12025550147")).word == "no_server"


def test_a_get_with_everything_in_the_address() -> None:
    with serving(_get) as double:
        settings = {
            "method": "GET",
            "url": f"{double.url}/send?pass={{token}}&to={{to}}&msg={{text}}",
            "token": "pä&ss",
            "success": "2xx OK",
        }
        assert sent(settings, note("+12025550147", "a & b = c")).result == "accepted"
        assert (double.taken[0]["msg"], double.taken[0]["to"]) == ("a & b = c", "+12025550147")
        assert sent({**settings, "token": "x"}, note("+12025550147")).result == "refused"


def test_whether_a_lost_answer_is_in_doubt_is_as_the_provider_was_described() -> None:
    with json_provider() as double:
        double.faults = ["drop", "drop"]
        settings = {**JSON, "url": f"{double.url}/"}
        assert sent(settings, note("+12025550147")).in_doubt
        assert not sent({**settings, "repeats": "yes"}, note("+12025550147")).in_doubt


def test_without_a_secret_nothing_is_believed() -> None:
    assert HTTP.verified
    delivered = samples("sms_http", "receipts")["delivered, as JSON"].call()
    assert HTTP.verified(delivered, JSON)
    assert not HTTP.verified(delivered, {**JSON, "secret": ""})
    assert not HTTP.verified(delivered, {**JSON, "secret": "another"})
