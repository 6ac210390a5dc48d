"""Counting for somebody who writes a condition: few counts at once, and of each person only the newest question.

Whoever leaves the page says nothing to the server, so a count never runs on for long: it has its seconds, it ends when the same
person asks something else, and further counts wait for their turn in the page, not on a connection.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from afterword.kit import sql

from ..types import Busy

MOST = 2  # of the few threads that serve pages
END = 1.0  # seconds in which what was ended gives its turn back
_turns = threading.BoundedSemaphore(MOST)
_asking: dict[str, tuple[int, object]] = {}  # who asks → the backend of the database that counts for them, and which question it is
_change = threading.Lock()


@contextmanager
def turn(who: str) -> Iterator[Callable[[], bool]]:
    """Inside, a count may run for somebody; what was still being counted for them ends at once. Raises Busy where others count.

    What is given says whether the same person has asked nothing else meanwhile: what is long is begun and gone on with only then.
    """
    question = object()
    with _change:
        if before := _asking.pop(who, None):
            sql.value("select pg_cancel_backend(%s)", [before[0]])
    if not _turns.acquire(timeout=END if before else 0):
        raise Busy

    def still_asked() -> bool:
        return _asking.get(who, (0, None))[1] is question

    try:
        mine = int(sql.value("select pg_backend_pid()"))
        with _change:
            _asking[who] = mine, question
        yield still_asked
    finally:
        with _change:  # only now: nobody ends what this connection is asked next
            if _asking.get(who, (0, None))[1] is question:
                del _asking[who]
        _turns.release()
