"""A message in few words: for a phone, a messenger, a notice. Its `<key>.short`, else what its subject and preheader say; and one link."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from .brand import Dress
from .catalogues import catalogue, known
from .links import Links
from .render import seen_by
from .shipped import Shipped
from .wording import Wording
from .written import lines_of, short_line

# Channels in which nothing else says who writes: a number is no name.
NAMELESS = frozenset({"sms"})
CODE = 12  # characters of a short link: 72 bits that follow from the installation's secret


@dataclass(frozen=True)
class Short:
    """What is said, and where it leads: a title, the words, what the button says, the full address behind it."""

    title: str
    text: str
    label: str
    url: str


def short(message: Shipped, locale: str, context: Mapping[str, Any], dress: Dress, links: Links, channel: str) -> Short:
    """A shipped message in few words. The context is that of `render`."""
    words = catalogue(known(locale))
    seen = seen_by(message.key, locale, context, dress, links)
    found = short_of(message, locale, str(seen["subject"]), str(seen["preheader"]), context, dress, links, channel)
    if f"{message.key}.short" not in words.texts:
        return found
    return replace(found, text=_named(words.say(f"{message.key}.short", seen["words"]), dress.name, channel))


def short_written(wording: Wording, locale: str, context: Mapping[str, Any], dress: Dress, links: Links, channel: str) -> Short:
    """A message that a shop wrote in few words: its own, else those that ship, else those of its subject and preheader."""
    seen = lines_of(wording, locale, context, dress, links)
    found = short_of(wording.kind, locale, str(seen["subject"]), str(seen["preheader"]), context, dress, links, channel)
    own = short_line(wording, locale, seen)
    return replace(found, text=_named(own, dress.name, channel)) if own else found


def short_of(
    message: Shipped, locale: str, title: str, preheader: str, context: Mapping[str, Any], dress: Dress, links: Links, channel: str
) -> Short:
    """A message in few words: those of its subject and preheader."""
    words = catalogue(known(locale))
    key = f"{message.key}.button" if f"{message.key}.button" in words.texts else "short.open"
    label = words.say(key, {"shop": dress.name})
    product = str(context.get("product", {}).get("url") or "")
    where = (
        links.score if message.survey else links.review if message.review else links.order or (links.tracked(product) if product else "")
    )
    return Short(title, _named(sentences(title, preheader), dress.name, channel), label, where)


def _named(text: str, shop: str, channel: str) -> str:
    return f"{shop}: {text}" if channel in NAMELESS and shop.lower() not in text.lower() else text


def sentences(first: str, second: str) -> str:
    """Two sentences one after the other, each with its end."""
    if not second:
        return first
    return f"{first} {second}" if first.endswith((".", "!", "?", "…", "。")) else f"{first}. {second}"


def code_of(secret: bytes, message_id: UUID, url: str) -> str:
    """The code of a short link: the same for the same link, so a message that is written again says the same."""
    mark = hmac.digest(secret, b"short link" + message_id.bytes + url.encode(), "sha256")
    return urlsafe_b64encode(mark).decode()[:CODE]
