"""What crosses the door of a channel: an envelope that goes out, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Result = Literal["accepted", "deferred", "refused"]
Begin = Callable[[UUID], Future[bool]]  # whether the message may leave now


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
    trying again may bring it twice.
    """

    id: UUID
    result: Result
    word: str
    code: int = 0
    said: str = ""
    suppress: bool = False
    in_doubt: bool = False
