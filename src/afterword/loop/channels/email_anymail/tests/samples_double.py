"""Postmark's API as its documentation has it: a token in a header, JSON, its ErrorCodes; and Mailgun's, form-encoded with Basic."""

from __future__ import annotations

from base64 import b64decode
from contextlib import AbstractContextManager

from afterword.loop.channels.tests.samples_double import Answer, Asked, Double, serving
from afterword.loop.channels.tests.samples_wire import samples, settings

SETTINGS = settings("email_anymail")
TOKEN, KEY = SETTINGS["options"].removeprefix("server_token = "), "key-3ax6xnjp29jd6fds4gc373sgvjxteol0"
INACTIVE = "gone@b.example"


def said(name: str, **more: str) -> Answer:
    """A recorded answer."""
    return samples("email_anymail", "answers")[name].answer(**more)


def _postmark(double: Double, asked: Asked) -> Answer:
    if asked.headers.get("x-postmark-server-token") != TOKEN:
        return said("the token is wrong")
    if not asked.path.startswith("/email") or asked.method != "POST":
        return said("no such address of the API")
    given = asked.json()
    if not given.get("From") or not given.get("To") or not (given.get("TextBody") or given.get("HtmlBody")):
        return said("not as it should be")
    if INACTIVE in given["To"]:
        return said("they do not take mail any more")
    double.taken.append(given)
    return said("taken", To=given["To"], MessageID=f"b7bc2f4a-e38e-4336-af7d-e6c392c2f81{len(double.taken)}")


def _mailgun(double: Double, asked: Asked) -> Answer:
    kind, _, given = asked.headers.get("authorization", "").partition(" ")
    if kind != "Basic" or b64decode(given).decode() != f"api:{KEY}":
        return said("refused by Mailgun")
    if asked.path != "/v3/lut.example/messages":
        return said("no such domain at Mailgun")
    double.taken.append(asked.body)
    return said("taken by Mailgun", id="<20260504.1@lut.example>")


def _resend(double: Double, asked: Asked) -> Answer:
    if asked.headers.get("authorization") != f"Bearer {KEY}":
        return said("refused by Resend")
    key, mail = asked.headers.get("idempotency-key", ""), asked.json()
    for known, was, id in double.taken:
        if key and known == key:
            return said("taken by Resend", id=id) if was == mail else said("another mail under the same key, by Resend")
    id = f"49a3999c-0ce1-4ea6-ab68-afcd6dc2e79{len(double.taken)}"
    double.taken.append((key, mail, id))
    return said("taken by Resend", id=id)


def _brevo(double: Double, asked: Asked) -> Answer:
    mail = asked.json()
    if any(known == mail["headers"]["idempotencyKey"] for known in double.taken):
        return said("known already by Brevo")
    double.taken.append(mail["headers"]["idempotencyKey"])
    return said("taken by Brevo")


def postmark() -> AbstractContextManager[Double]:
    """A Postmark on this machine."""
    return serving(_postmark)


def mailgun() -> AbstractContextManager[Double]:
    """A Mailgun on this machine."""
    return serving(_mailgun)


def resend() -> AbstractContextManager[Double]:
    """A Resend on this machine: it knows a request by its key for a day."""
    return serving(_resend)


def brevo() -> AbstractContextManager[Double]:
    """A Brevo on this machine: it refuses a key that it has taken."""
    return serving(_brevo)
