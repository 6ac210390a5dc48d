"""A note → the request that was described: `{to}`, `{text}`, `{sender}`, `{id}` and the secrets are filled in as their place asks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import quote, quote_plus

from ..sms_twilio.payloads import plain
from ..types import CannotSay, Field, Note, Request, Settings

LONGEST = 1600
FIELDS = (
    Field("method", "Method", default="POST", choices=("POST", "PUT", "GET")),
    Field("url", "Address", "may hold {to}, {text}, {sender}, {id}, {token}"),
    Field("headers", "Headers", "one a line: name: value; may hold {token}, {user}", required=False, long=True),
    Field("body", "Body", "JSON, a form (a={to}&b={text}) or text, with the same names", required=False, long=True),
    Field("sender", "Sender", required=False),
    Field("user", "User", "for {user}", required=False),
    Field("token", "Token", "for {token}", secret=True, required=False),
    Field("success", "Success", "a status such as 2xx or 200; then words that the answer must hold", default="2xx", required=False),
    Field("their_id", "Their number of the message", "where it stands in a JSON answer: messages.0.id", required=False),
    Field("repeats", "Knows repetitions by {id}", default="no", choices=("yes", "no"), required=False),
    Field(
        "receipts", "Fields of receipts",
        "id = …, state = …, delivered = DELIVRD, failed = UNDELIV, from = …, text = …", required=False, long=True,
    ),
    Field("secret", "Secret of receipts", "the caller gives it as ?key= or as X-Key", secret=True, required=False),
    Field("price", "Price of one segment", "in hundredths of the currency", required=False),
    Field("currency", "Currency", required=False),
)  # fmt: skip
_HOLE = re.compile(r"\{(\w+)\}")


def request(note: Note, settings: Settings) -> Request:
    """The request. Raises CannotSay for words that are too long, or a hole that nothing fills."""
    text = plain(" ".join([note.text, *(link.url for link in note.links if link.url not in note.text)]))
    if len(text) > LONGEST:
        raise CannotSay(provider="SMS", fault=f"{len(text)} characters, and it takes {LONGEST}")
    values = {"to": note.recipient, "text": text, "id": str(note.id), **{k: settings.get(k, "") for k in ("sender", "user", "token")}}
    body = settings.get("body", "")
    headers = dict(_headers(settings.get("headers", ""), values))
    looks_json, looks_form = body.lstrip().startswith(("{", "[")), "=" in body and not body.lstrip().startswith("<")
    spell = _in_json if looks_json else quote_plus if looks_form else str
    if body:
        kind = "application/json" if looks_json else "application/x-www-form-urlencoded" if looks_form else "text/plain; charset=utf-8"
        headers.setdefault("content-type", kind)
    url = filled(settings["url"], values, lambda value: quote(value, safe=""))
    return Request(settings.get("method") or "POST", url, headers, filled(body, values, spell).encode())


def filled(template: str, values: dict[str, str], spell: Callable[[str], str]) -> str:
    """The template with its holes filled; other braces stay."""
    return _HOLE.sub(lambda hole: spell(values[hole[1]]) if hole[1] in values else hole[0], template)


def _headers(text: str, values: dict[str, str]) -> list[tuple[str, str]]:
    found = []
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if colon and name.strip():
            clean = filled(value.strip(), values, str)
            found.append((name.strip().lower(), "".join(c for c in clean if c.isprintable())))
    return found


def _in_json(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]
