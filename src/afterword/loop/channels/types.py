"""What crosses the door of a channel: an envelope that goes out, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from afterword.kernel.errors import Refused

Result = Literal["accepted", "deferred", "refused"]
Begin = Callable[[UUID], Future[bool]]  # whether the message may leave now


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
    """

    id: UUID
    result: Result
    word: str
    code: int = 0
    said: str = ""
    suppress: bool = False
    in_doubt: bool = False
    again_at: datetime | None = None
