"""Webhooks, checked by the receiver's own library."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from afterword.loop.channels.actions.carry import carry
from afterword.loop.channels.tests.samples_double import NOW, Answer, Asked, Double, linked, serving
from afterword.loop.channels.tests.samples_wire import samples, settings
from afterword.loop.channels.webhook.payloads import new_secret
from afterword.loop.channels.webhook.send import WEBHOOK

SECRET = settings("webhook")["secret"]


def told(name: str) -> Answer:
    """A recorded answer."""
    return samples("webhook", "answers")[name].answer()


def _answer(double: Double, asked: Asked) -> Answer:
    try:
        said = Webhook(SECRET).verify(asked.body, dict(asked.headers))
    except WebhookVerificationError:
        return told("the signature is wrong")
    if said["data"]["id"] in [one["data"]["id"] for one in double.taken]:
        return told("taken")
    double.taken.append(said)
    return told("taken")


def test_the_receiver_s_library_believes_it_and_a_repetition_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    one = linked("c0ffee", at=datetime.now(UTC))
    with serving(_answer) as double:
        for secret, result in ((SECRET, "accepted"), (SECRET, "accepted"), (new_secret(), "deferred")):
            (outcome,) = [o for o in carry(WEBHOOK, [one], {"url": double.url, "secret": secret}, NOW) if o]
            assert outcome.result == result
        assert [said["data"]["text"] for said in double.taken] == [one.text]
