"""Twilio's Messages API as its documentation has it: Basic sign-in, form, E.164, one sender, 1600 characters, codes, a rate."""

from __future__ import annotations

import re
from base64 import b64decode
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import parse_qsl, unquote
from uuid import uuid4

from afterword.loop.channels.tests.samples_double import Answer, Asked, Double, serving
from afterword.loop.channels.tests.samples_wire import samples, settings

SETTINGS = settings("sms_twilio")
ACCOUNT, TOKEN, SENDER = SETTINGS["account"], SETTINGS["token"], SETTINGS["sender"]
SERVICE = "MG" + "fedcba9876543210" * 2
STOPPED, LANDLINE, NOBODY = "+12025550161", "+12025550162", "+12025550163"
FIELDS = {"To", "From", "MessagingServiceSid", "Body", "StatusCallback", "MediaUrl", "ValidityPeriod"}
_PATH = re.compile(r"^/2010-04-01/Accounts/([^/]+)/Messages\.json$")
_E164 = re.compile(r"^\+[1-9]\d{6,14}$")


def said(name: str, **more: Any) -> Answer:
    """A recorded answer."""
    return samples("sms_twilio", "answers")[name].answer(**more)


def _answer(double: Double, asked: Asked) -> Answer:
    path = _PATH.match(asked.path)
    if not path or asked.method != "POST":
        return said("no such account")
    kind, _, given = asked.headers.get("authorization", "").partition(" ")
    if kind != "Basic" or b64decode(given).decode() != f"{ACCOUNT}:{TOKEN}" or unquote(path[1]) != ACCOUNT:
        return said("nobody signed in")
    if asked.headers.get("content-type") != "application/x-www-form-urlencoded":
        return said("no words")
    form = dict(parse_qsl(asked.body.decode(), keep_blank_values=True, strict_parsing=True))
    if set(form) - FIELDS:
        return said("no words")
    to, body = form.get("To", ""), form.get("Body", "")
    if not _E164.match(to) or to == NOBODY:
        return said("no such number")
    if not form.get("From") and not form.get("MessagingServiceSid"):
        return said("no sender")
    if form.get("From", SENDER) != SENDER or form.get("MessagingServiceSid", SERVICE) != SERVICE:
        return said("not our sender")
    if not body.strip():
        return said("no words")
    if len(body) > 1600:
        return said("too long")
    if to == STOPPED:
        return said("they had stopped")
    if to == LANDLINE:
        return said("a landline")
    sid = f"SM{uuid4().hex}"
    double.taken.append({"sid": sid, **form})
    return said("taken", sid=sid, to=to, body=body)


def twilio() -> AbstractContextManager[Double]:
    """A Twilio on this machine."""
    return serving(_answer)
