"""Signed links for customers: a short token that says what it is for, whom it concerns and until when it holds.

A token is URL-safe base64 of: purpose, key id, expiry (seconds since 1970, 0 = never), ids, a note; followed by the first
16 bytes of HMAC-SHA256 over all of it. Nothing is encrypted: a token holds ids, never names or addresses.
"""

from __future__ import annotations

import hmac
import re
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from afterword.kernel.errors import Refused

Purpose = Literal["order", "score", "unsubscribe", "preferences", "click", "open", "review", "view", "link", "confirm"]
# Tokens hold the place of their purpose in this row: what comes new comes last.
PURPOSES: tuple[Purpose, ...] = ("order", "score", "unsubscribe", "preferences", "click", "open", "review", "view", "link", "confirm")
NEVER_EXPIRES: frozenset[Purpose] = frozenset({"unsubscribe"})
LIFE: Mapping[Purpose, timedelta] = {
    "order": timedelta(days=150), "score": timedelta(days=60), "preferences": timedelta(days=365),
    "click": timedelta(days=730), "open": timedelta(days=365), "review": timedelta(days=120),
    "view": timedelta(days=365), "link": timedelta(days=30), "confirm": timedelta(days=14),
}  # fmt: skip
FOLDER: Mapping[Purpose, str] = {
    "order": "o",
    "score": "s",
    "unsubscribe": "u",
    "preferences": "p",
    "click": "l",
    "open": "i",
    "review": "r",
    "view": "v",
    "confirm": "y",
}
_HEAD = struct.Struct(">BBIB")
_MAC = 16
NOBODY = UUID(int=0)
_PICTURE = re.compile(r'<img[^>]*\bsrc="[^"]*/c/i/[\w-]+\.gif"[^>]*>')
_LONGEST = 4096


class BadLink(Refused):
    """This link is not one of ours, or a part of it was lost on the way."""


class LinkExpired(Refused):
    """This link no longer holds."""


@dataclass(frozen=True)
class Ring:
    """The keys that links are signed with: all that are still believed, and the one that signs now. Key ids are 0 to 255."""

    keys: Mapping[int, bytes]
    current: int


@dataclass(frozen=True)
class Token:
    """What a link says. `ids` in the order its purpose states; `note` is a short text, such as an address to go on to."""

    purpose: Purpose
    ids: tuple[UUID, ...]
    note: str = ""
    expires_at: datetime | None = None


def sign(ring: Ring, token: Token) -> str:
    """The token as text for an address."""
    expiry = 0 if token.expires_at is None else int(token.expires_at.timestamp())
    body = b"".join((
        _HEAD.pack(PURPOSES.index(token.purpose), ring.current, expiry, len(token.ids)),
        *(one.bytes for one in token.ids),
        token.note.encode(),
    ))  # fmt: skip
    mark = hmac.digest(ring.keys[ring.current], body, "sha256")[:_MAC]
    return urlsafe_b64encode(body + mark).rstrip(b"=").decode()


def read(ring: Ring, text: str, purpose: Purpose, now: datetime) -> Token:
    """What a link says, if it is ours, for this purpose, and still holds. Raises BadLink or LinkExpired."""
    body = _proved(ring, text)
    kind, _key, expiry, count = _HEAD.unpack_from(body)
    if kind >= len(PURPOSES) or PURPOSES[kind] != purpose or len(body) < _HEAD.size + 16 * count:
        raise BadLink
    if expiry and purpose not in NEVER_EXPIRES and now.timestamp() > expiry:
        raise LinkExpired
    at = _HEAD.size
    ids = tuple(UUID(bytes=body[at + 16 * n : at + 16 * n + 16]) for n in range(count))
    until = datetime.fromtimestamp(expiry, UTC) if expiry else None
    return Token(purpose, ids, body[at + 16 * count :].decode(), until)


def _proved(ring: Ring, text: str) -> bytes:
    if len(text) > _LONGEST:
        raise BadLink
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError as error:
        raise BadLink from error
    body, mark = raw[:-_MAC], raw[-_MAC:]
    if len(raw) < _HEAD.size + _MAC or body[1] not in ring.keys:
        raise BadLink
    if not hmac.compare_digest(mark, hmac.digest(ring.keys[body[1]], body, "sha256")[:_MAC]):
        raise BadLink
    if urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise BadLink
    return body


def unwatched(html: str) -> str:
    """A mail without the picture that counts openings: whoever of the team looks at it has not opened it for the customer."""
    return _PICTURE.sub("", html)


@dataclass(frozen=True)
class Links:
    """The addresses one message needs, all signed. Empty text: this message has no such link.

    `order` names its message, so that opening the page counts as the click without a detour. `score` wants a score appended: `{score}/9`;
    `review` wants stars.
    `one_click` takes the POST of RFC 8058; `unsubscribe` is the page for people. `open` is the picture that counts openings.
    `tracked` turns an address of the shop's into one that is counted, or gives it back as it is. `view` shows the mail in a browser.
    """

    order: str
    score: str
    unsubscribe: str
    one_click: str
    preferences: str
    open: str
    tracked: Callable[[str], str]
    review: str = ""
    confirm: str = ""
    view: str = ""


def links_for(
    ring: Ring, base: str, *, message_id: UUID, customer_id: UUID, order_id: UUID | None, store: str, topic: str,
    now: datetime, locale: str, survey: str = "", review: bool = False, product_id: UUID | None = None,
    count_clicks: bool = True, count_opens: bool = True,
) -> Links:  # fmt: skip
    """The links of one message.

    `base` is the store's own address for customers, such as `https://care.example.com/c`. `topic` is the purpose that
    unsubscribing withdraws (the message's category, or its key for surveys). `survey` is csat or nps where it asks; `review` where a
    review is asked for, of this product.
    Ids: order (order, customer, message); score (message, customer, order?); review (message,
    customer, order or zero, product or zero); unsubscribe and preferences (customer,
    message); click, open and view (message, customer).
    """

    def made(purpose: Purpose, *ids: UUID | None, note: str = "") -> str:
        life = LIFE.get(purpose)
        given = tuple(one for one in ids if one is not None)
        return f"{base}/{FOLDER[purpose]}/{sign(ring, Token(purpose, given, note, now + life if life else None))}"

    def tracked(address: str) -> str:
        if not count_clicks or not address.startswith(("https://", "http://")):
            return address
        return made("click", message_id, customer_id, note=address)

    order = f"{made('order', order_id, customer_id, message_id, note=store)}?l={locale}" if order_id else ""
    off = made("unsubscribe", customer_id, message_id, note=f"{store}/{topic}")
    return Links(
        order=order,
        score=made("score", message_id, customer_id, order_id, note=f"{store}/{survey}") if survey else "",
        unsubscribe=f"{off}?l={locale}",
        one_click=off,
        preferences=f"{made('preferences', customer_id, message_id, note=store)}?l={locale}",
        open=f"{made('open', message_id, customer_id)}.gif" if count_opens else "",
        tracked=tracked,
        review=made("review", message_id, customer_id, order_id or NOBODY, product_id or NOBODY, note=store) if review else "",
        confirm=f"{made('confirm', customer_id, message_id, note=store)}?l={locale}",
        view=made("view", message_id, customer_id, note=store),
    )
