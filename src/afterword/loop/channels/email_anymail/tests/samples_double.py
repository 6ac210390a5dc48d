"""Postmark's API as its documentation has it: a token in a header, JSON, its ErrorCodes; and Mailgun's, form-encoded with Basic."""

from __future__ import annotations

from base64 import b64decode
from contextlib import AbstractContextManager

from afterword.loop.channels.tests.samples_double import Answer, Asked, Double, answered, serving

TOKEN, KEY = "b1ab0d1a-token", "key-3ax6xnjp29jd6fds4gc373sgvjxteol0"
INACTIVE = "gone@b.example"


def _postmark(double: Double, asked: Asked) -> Answer:
    if asked.headers.get("x-postmark-server-token") != TOKEN:
        return answered(401, {"ErrorCode": 10, "Message": "No Account or Server API tokens were supplied or are wrong."})
    if not asked.path.startswith("/email") or asked.method != "POST":
        return answered(404, {"ErrorCode": 404, "Message": "not found"})
    said = asked.json()
    if not said.get("From") or not said.get("To") or not (said.get("TextBody") or said.get("HtmlBody")):
        return answered(422, {"ErrorCode": 300, "Message": "Invalid email request"})
    if INACTIVE in said["To"]:
        words = f"You tried to send to a recipient that has been marked as inactive.\n Found inactive addresses: {INACTIVE}.\n "
        return answered(422, {"ErrorCode": 406, "Message": words + "Inactive recipients are ones that have generated a hard bounce."})
    double.taken.append(said)
    id = f"b7bc2f4a-e38e-4336-af7d-e6c392c2f81{len(double.taken)}"
    return answered(200, {"To": said["To"], "SubmittedAt": "2026-05-04T09:00:00Z", "MessageID": id, "ErrorCode": 0, "Message": "OK"})


def _mailgun(double: Double, asked: Asked) -> Answer:
    kind, _, given = asked.headers.get("authorization", "").partition(" ")
    if kind != "Basic" or b64decode(given).decode() != f"api:{KEY}":
        return 401, {}, b"Forbidden"
    if asked.path != "/v3/lut.example/messages":
        return answered(404, {"message": "Domain not found"})
    double.taken.append(asked.body)
    return answered(200, {"id": "<20260504.1@lut.example>", "message": "Queued. Thank you."})


def postmark() -> AbstractContextManager[Double]:
    """A Postmark on this machine."""
    return serving(_postmark)


def mailgun() -> AbstractContextManager[Double]:
    """A Mailgun on this machine."""
    return serving(_mailgun)
