"""A mail that has travelled, taken apart again: to be looked at in a browser, or copied to a colleague."""

from __future__ import annotations

import re
from base64 import b64encode
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from .enclosures import Enclosure
from .links import unwatched
from .mime import Mail, Party, build
from .render import Rendered

_INNER = re.compile(r"""(["'(])cid:([^"')]+)""")
_SIGNED = re.compile(r"""https?://[^\s"'<>]+/c/[a-z]/[\w-]+[^\s"'<>]*""")


def _opened(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def _text(mail: EmailMessage, kind: str) -> str:
    part = cast("EmailMessage | None", mail.get_body((kind,)))
    payload = part.get_payload(decode=True) if part is not None else b""
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def html_of(raw: bytes) -> str:
    """The HTML of a mail; pictures that travel within it stand in it."""
    mail = _opened(raw)
    inner = {str(part["Content-ID"]).strip("<>"): part for part in mail.walk() if part["Content-ID"]}

    def shown(found: re.Match[str]) -> str:
        part = inner.get(found.group(2))
        payload = part.get_payload(decode=True) if part is not None else None
        if part is None or not isinstance(payload, bytes):
            return found.group()
        return f"{found.group(1)}data:{part.get_content_type()};base64,{b64encode(payload).decode()}"

    return _INNER.sub(shown, _text(mail, "html"))


def attached(mail: EmailMessage) -> tuple[Enclosure, ...]:
    """The files that a mail carries beside its words; pictures that its HTML shows are none of them."""
    found: list[Enclosure] = []
    for part in mail.iter_attachments():
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or part["Content-ID"]:
            continue
        kind = part.get_content_type()
        if kind == "text/calendar":
            content = _SIGNED.sub("#", content.decode("utf-8", "replace").replace("\r\n ", "")).encode()
            kind = "; ".join([kind, *(f"{name}={value}" for name, value in part["Content-Type"].params.items() if name != "name")])
        found.append(Enclosure(part.get_filename("file"), kind, content))
    return tuple(found)


def copy_of(raw: bytes, *, to: Party, sender: Party, mark: str, **more: object) -> Mail:
    """The same mail for a colleague, with what is attached: `mark` heads its subject, nothing in it counts anything, its signed links
    lead nowhere, in its text, its HTML and the files for calendars.

    Args:
        more: `id` and `at` of the copy, as `build` wants them.
    """
    mail = _opened(raw)
    html, text = _SIGNED.sub("#", unwatched(html_of(raw))), _SIGNED.sub("…", _text(mail, "plain"))
    made = Rendered(f"{mark} {mail['Subject'] or ''}", "", html, text, {"Auto-Submitted": "auto-generated"}, attached(mail))
    return build(made, sender=sender, to=to, locale=str(mail["Content-Language"] or ""), **more)  # type: ignore[arg-type]
