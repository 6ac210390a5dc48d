"""Twilio's Messages API as its documentation has it: Basic sign-in, form, E.164, one sender, 1600 characters, codes, a rate."""

from __future__ import annotations

import re
from base64 import b64decode
from contextlib import AbstractContextManager
from urllib.parse import parse_qsl, unquote
from uuid import uuid4

from afterword.loop.channels.tests.samples_double import Answer, Asked, Double, answered, serving

ACCOUNT, TOKEN = "AC" + "0123456789abcdef" * 2, "a1b2c3d4e5f60718293a4b5c6d7e8f90"
SENDER, SERVICE = "+40312345678", "MG" + "fedcba9876543210" * 2
STOPPED, LANDLINE, NOBODY = "+40700000610", "+40300000614", "+40700000211"
FIELDS = {"To", "From", "MessagingServiceSid", "Body", "StatusCallback", "MediaUrl", "ValidityPeriod"}
SETTINGS = {"account": ACCOUNT, "token": TOKEN, "sender": SENDER, "price": "5.2", "currency": "EUR"}
_PATH = re.compile(r"^/2010-04-01/Accounts/([^/]+)/Messages\.json$")
_E164 = re.compile(r"^\+[1-9]\d{6,14}$")


def refused(status: int, code: int, message: str) -> Answer:
    return answered(status, {"code": code, "message": message, "more_info": f"https://www.twilio.com/docs/errors/{code}", "status": status})


def _answer(double: Double, asked: Asked) -> Answer:
    path = _PATH.match(asked.path)
    if not path or asked.method != "POST":
        return refused(404, 20404, f"The requested resource {asked.path} was not found")
    kind, _, given = asked.headers.get("authorization", "").partition(" ")
    if kind != "Basic" or b64decode(given).decode() != f"{ACCOUNT}:{TOKEN}" or unquote(path[1]) != ACCOUNT:
        return refused(401, 20003, "Authenticate")
    if asked.headers.get("content-type") != "application/x-www-form-urlencoded":
        return refused(400, 21602, "Message body is required.")
    form = dict(parse_qsl(asked.body.decode(), keep_blank_values=True, strict_parsing=True))
    if set(form) - FIELDS:
        return refused(400, 20001, f"Unknown parameters: {sorted(set(form) - FIELDS)}")
    to, body = form.get("To", ""), form.get("Body", "")
    if not _E164.match(to) or to == NOBODY:
        return refused(400, 21211, f"Invalid 'To' Phone Number: {to}")
    if not form.get("From") and not form.get("MessagingServiceSid"):
        return refused(400, 21603, "A 'From' phone number is required.")
    if form.get("From", SENDER) != SENDER or form.get("MessagingServiceSid", SERVICE) != SERVICE:
        return refused(400, 21606, "The 'From' phone number provided is not a valid message-capable Twilio phone number.")
    if not body.strip():
        return refused(400, 21602, "Message body is required.")
    if len(body) > 1600:
        return refused(400, 21617, "The concatenated message body exceeds the 1600 character limit")
    if to == STOPPED:
        return refused(400, 21610, "Attempt to send to unsubscribed recipient")
    if to == LANDLINE:
        return refused(400, 21614, f"'To' number is not a valid mobile number: {to}")
    sid = f"SM{uuid4().hex}"
    double.taken.append({"sid": sid, **form})
    said = {
        "sid": sid, "status": "queued", "to": to, "from": form.get("From"), "body": body, "num_segments": "1",
        "price": None, "price_unit": "USD", "error_code": None, "error_message": None, "account_sid": ACCOUNT, "direction": "outbound-api",
    }  # fmt: skip
    return answered(201, said)


def twilio() -> AbstractContextManager[Double]:
    """A Twilio on this machine."""
    return serving(_answer)
