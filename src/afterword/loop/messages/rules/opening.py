"""A mail that has travelled, taken apart again: to be looked at in a browser, or copied to a colleague."""

from __future__ import annotations

import re
from base64 import b64encode
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

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


def copy_of(raw: bytes, *, to: Party, sender: Party, mark: str, **more: object) -> Mail:
    """The same mail for a colleague: `mark` heads its subject, nothing in it counts anything, its signed links lead nowhere.

    Args:
        more: `id` and `at` of the copy, as `build` wants them.
    """
    mail = _opened(raw)
    html, text = _SIGNED.sub("#", unwatched(html_of(raw))), _SIGNED.sub("…", _text(mail, "plain"))
    made = Rendered(f"{mark} {mail['Subject'] or ''}", "", html, text, {"Auto-Submitted": "auto-generated"})
    return build(made, sender=sender, to=to, locale=str(mail["Content-Language"] or ""), **more)  # type: ignore[arg-type]
