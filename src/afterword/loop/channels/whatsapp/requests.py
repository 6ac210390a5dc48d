"""A note → the request that the Cloud API wants (POST /{version}/{phone number id}/messages, JSON, Bearer)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ..types import CannotSay, Field, Note, Request, Settings

API, VERSION = "https://graph.facebook.com", "v23.0"
LONGEST, LONGEST_PARAMETER, LONGEST_LABEL = 4096, 1024, 20
FIELDS = (
    Field("number", "Phone number ID", "the ID of the number, not the number"),
    Field("token", "Access token", "of a system user; those of people end after a day", secret=True),
    Field("secret", "App secret", "Meta signs with it what it tells us", secret=True),
    Field("verify", "Verify token", "any words; given to Meta with the address for receipts", secret=True),
    Field(
        "templates", "Templates", "one a line: message = template: title, text, link … in the order of its parameters; * for any message",
        required=False, long=True,
    ),
    Field("languages", "Languages of the templates", "where they are called otherwise: en = en_GB", required=False),
    Field("price", "Price of one message", "in hundredths of the currency", required=False),
    Field("currency", "Currency", required=False),
    Field("api", "Address of the API", required=False, default=API),
)  # fmt: skip
_LINE = re.compile(r"^\s*([\w*.-]+)\s*=\s*([a-z0-9_]+)\s*(?::\s*(.*))?$")


def request(note: Note, settings: Settings) -> Request:
    """The request. Raises CannotSay where the 24 hours are over and no template stands for this message."""
    body: dict[str, Any] = {
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": note.recipient.lstrip("+"),
        "biz_opaque_callback_data": str(note.id), **(_free(note) if note.open else _template(note, settings)),
    }  # fmt: skip
    headers = {"authorization": f"Bearer {settings['token']}", "content-type": "application/json"}
    url = f"{(settings.get('api') or API).rstrip('/')}/{VERSION}/{settings['number']}/messages"
    return Request("POST", url, headers, json.dumps(body, ensure_ascii=False).encode())


def _free(note: Note) -> dict[str, Any]:
    """Free words; one link becomes a button, more are written out."""
    if len(note.text) > LONGEST:
        raise CannotSay(provider="WhatsApp", fault=f"{len(note.text)} characters, and it takes {LONGEST}")
    if len(note.links) == 1 and len(note.text) <= 1024:
        label, url = note.links[0].label[:LONGEST_LABEL] or "→", note.links[0].url
        action = {"name": "cta_url", "parameters": {"display_text": label, "url": url}}
        return {"type": "interactive", "interactive": {"type": "cta_url", "body": {"text": note.text}, "action": action}}
    text = "\n".join([note.text, *(link.url for link in note.links if link.url not in note.text)])
    return {"type": "text", "text": {"preview_url": False, "body": text}}


def _template(note: Note, settings: Settings) -> dict[str, Any]:
    known = templates(settings.get("templates", ""))
    name, parts = known.get(note.message) or known.get("*") or ("", ())
    if not name:
        raise CannotSay(provider="WhatsApp", fault=f"24 hours have passed and no template stands for “{note.message}”")
    given = {"title": note.title, "text": note.text, "link": note.links[0].url if note.links else "", **note.parts}
    parameters = []
    for part in parts:
        value = parameter(given.get(part, ""))
        if not value:
            raise CannotSay(provider="WhatsApp", fault=f"the template “{name}” asks for “{part}”, which is not known")
        parameters.append({"type": "text", "text": value})
    components = [{"type": "body", "parameters": parameters}] if parameters else []
    language = pairs(settings.get("languages", "")).get(note.locale) or note.locale.replace("-", "_")
    return {"type": "template", "template": {"name": name, "language": {"code": language}, "components": components}}


def parameter(text: str) -> str:
    """A value as a template takes it: in one line, without a run of blanks."""
    return " ".join(text.split())[:LONGEST_PARAMETER]


def templates(text: str) -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """Message → (template, the parts that fill it)."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for line in text.splitlines():
        if said := _LINE.match(line):
            found[said[1]] = (said[2], tuple(part.strip() for part in (said[3] or "").split(",") if part.strip()))
    return found


def pairs(text: str) -> dict[str, str]:
    """`en = en_GB, pt = pt_PT` as a mapping."""
    return {left.strip(): right.strip() for left, found, right in (one.partition("=") for one in re.split(r"[,\n]", text)) if found}
