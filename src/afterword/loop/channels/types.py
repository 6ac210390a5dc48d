"""What crosses the door of a channel: an envelope that goes out, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from afterword.kernel.errors import Refused

Result = Literal["accepted", "deferred", "refused"]
Begin = Callable[[UUID], Future[bool]]  # whether the message may leave now
# Every channel, and what people call it.
CHANNELS: Mapping[str, str] = {
    "email": "E-mail", "sms": "SMS", "whatsapp": "WhatsApp", "viber": "Viber", "messenger": "Messenger", "telegram": "Telegram",
    "web_push": "Notices in the browser", "webhook": "Webhook", "letter": "Letter",
}  # fmt: skip
INBOUND = "inbound"  # no channel: what comes in is read over it
ANY_CHANNEL = "auto"  # the customer's own wish, then the store's order
Settings = Mapping[str, str]  # what a provider was set up with, by the names of its fields; `hook`: where its receipts go


class NotADomain(Refused):
    """“{name}” is not the name of a domain. It should look like shop.example."""


class NoSuchDomain(Refused):
    """No mail is sent from a domain called “{name}”."""


@dataclass(frozen=True)
class Domain:
    """A domain that mails are sent from. See `models.Domain`."""

    domain: str
    selector: str
    public_key: str
    return_host: str
    per_minute: int | None
    warm_from: date | None
    made_at: datetime


@dataclass(frozen=True)
class Rest:
    """A provider that fails: how often in a row, until when it is left in peace, since when, and what it said last."""

    provider: str
    failures: int
    rests_until: datetime | None
    since: datetime
    said: str


@dataclass(frozen=True)
class Envelope:
    """One message for one address. `raw` is the whole message as it travels; `utf8`: an address is not ASCII.

    `once`: better never than twice, so the caller is asked just before its words leave, and may write it down.
    """

    id: UUID
    sender: str
    recipient: str
    raw: bytes
    utf8: bool = False
    once: bool = False


@dataclass(frozen=True)
class Outcome:
    """What the other side said about one envelope.

    `deferred` may be tried again later, `refused` may not. `word` is ours (see `words.py`), `said` is theirs. `suppress`: this
    address should not be written to any more. `in_doubt`: the message was handed over whole but the answer was lost, so
    trying again may bring it twice. `again_at`: when to ask again, where that is known; such a try is not counted.
    `provider_id`: what they call it. `segments` and `cost_minor` (in minor units of `currency`, a part of one where so little is asked)
    as far as they are known.
    """

    id: UUID
    result: Result
    word: str
    code: int = 0
    said: str = ""
    suppress: bool = False
    in_doubt: bool = False
    again_at: datetime | None = None
    provider: str = ""
    provider_id: str = ""
    segments: int = 0
    cost_minor: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True)
class Link:
    """A button: what it says and where it leads."""

    label: str
    url: str


@dataclass(frozen=True)
class Note:
    """A message in few words, for one address of one channel. `id` is the delivery's and the key by which a repetition is known.

    `open`: the other side wrote to us lately, so free words are allowed where they are allowed only then. `parts`: what a template
    may be filled with, by name. `sender`: the store's name. `once` as in `Envelope`.
    """

    id: UUID
    recipient: str
    title: str
    text: str
    locale: str
    category: str
    message: str
    at: datetime
    links: tuple[Link, ...] = ()
    picture: str = ""
    open: bool = False
    once: bool = False
    parts: Mapping[str, str] = field(default_factory=dict)
    sender: str = ""


@dataclass(frozen=True)
class Request:
    """One HTTP request, ready to go."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Call:
    """A request that came to us. `url` as the caller wrote it, header names in small letters. Nothing in it is believed yet."""

    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Meaning:
    """What an answer to a request means; the fields as in `Outcome`. `wait`: seconds after which to ask again, where
    they said so. `whole`: they refuse us, not this message."""

    result: Result
    word: str
    said: str = ""
    suppress: bool = False
    provider_id: str = ""
    segments: int = 0
    wait: float | None = None
    whole: bool = False


@dataclass(frozen=True)
class Heard:
    """One thing that a provider told us. `reference`: theirs for it, so that it counts once.

    Of what we sent, `id` is ours where they carry it back, `provider_id` theirs; `until`: all that was sent to `address` up to then.
    Of what a person did, `address` is theirs in this channel; `token` is what we had put into the link that they followed.
    """

    kind: Literal["delivered", "read", "failed", "complained", "replied", "stopped", "linked", "unlinked"]
    reference: str
    id: UUID | None = None
    provider_id: str = ""
    address: str = ""
    at: datetime | None = None
    until: datetime | None = None
    word: str = ""
    said: str = ""
    suppress: bool = False
    text: str = ""
    token: str = ""


@dataclass(frozen=True)
class Field:
    """A thing that a provider must be told. A secret is closed at rest and never shown again; `fresh` makes one where none is given.

    `names`: what people call the `choices`, in their order; without them each is called as it is.
    """

    name: str
    label: str
    help: str = ""
    secret: bool = False
    required: bool = True
    default: str = ""
    choices: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    long: bool = False
    fresh: Callable[[], str] | None = None


@dataclass(frozen=True)
class Provider:
    """Somebody who carries messages of one channel. All its parts are pure; `actions.carry` moves the bytes.

    `idempotent`: a request repeated with the same key is not carried out twice, so nothing is ever in doubt. `at_once`: how many
    requests run beside one another. `carrier` carries without HTTP, unless it gives back None.
    `meant` and `repeats` say what `understood` and `idempotent` do, by what was set up.
    """

    name: str
    channel: str
    title: str
    fields: tuple[Field, ...]
    request: Callable[[Note, Settings], Request]
    understood: Callable[[int, Mapping[str, str], bytes], Meaning]
    verified: Callable[[Call, Settings], bool] | None = None
    heard: Callable[[Call, Settings], Sequence[Heard]] | None = None
    challenge: Callable[[Call, Settings], str | None] | None = None
    welcome: Callable[[Settings, str], str] | None = None
    segments: Callable[[str], int] | None = None
    idempotent: bool = False
    at_once: int = 8
    meant: Callable[[int, Mapping[str, str], bytes, Settings], Meaning] | None = None
    repeats: Callable[[Settings], bool] | None = None
    carrier: Callable[[Sequence[Note], Settings, datetime], Iterator[Outcome] | None] | None = None


class CannotSay(Refused):
    """{provider} cannot carry this: {fault}."""


class NoSuchProvider(Refused):
    """There is no provider called “{key}”."""


class BadSetting(Refused):
    """{field}: {fault}."""


@dataclass(frozen=True)
class OpenWay:
    """A provider as a store set it up, its secrets opened. `closed`: nothing goes over it any more."""

    key: str
    channel: str
    store: str
    provider: Provider
    settings: Settings
    closed: bool
