"""A mail as a person sees it: taken apart, and its HTML in a frame where nothing runs and nothing leads outside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from django.http import HttpResponse

# The mail's own pictures and styles, nothing else: no scripts, no forms, no links that are followed from here.
FRAME_POLICY = (
    "default-src 'none'; img-src https: http: data:; style-src 'unsafe-inline'; font-src https: data:; frame-ancestors 'self'; sandbox"
)
# Opening it here must not count as the customer's opening, so the pictures that count are not fetched.
COUNTING = re.compile(r"<img\b[^>]*/c/i/[^>]*>")


@dataclass(frozen=True)
class Opened:
    """A mail taken apart: its envelope, its HTML, its text."""

    sender: str
    recipient: str
    reply_to: str
    subject: str
    message_id: str
    html: str
    text: str


def opened(raw: bytes) -> Opened:
    """A whole mail."""
    mail = message_from_bytes(raw, policy=policy.default)

    def said(name: str) -> str:
        return str(mail.get(name, ""))

    html, text = _part(mail, "html"), _part(mail, "plain")
    return Opened(said("From"), said("To"), said("Reply-To"), said("Subject"), said("Message-ID"), html, text)


def _part(mail: EmailMessage, kind: str) -> str:
    part = cast("EmailMessage | None", mail.get_body((kind,)))
    payload = part.get_payload(decode=True) if part is not None else b""
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def framed(html: str) -> HttpResponse:
    """The HTML of a mail as a page of its own, for a sandboxed frame."""
    answer = HttpResponse(COUNTING.sub("", html), content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = FRAME_POLICY
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    return answer
