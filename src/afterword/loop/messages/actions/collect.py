"""Mail is collected from mailboxes beside the worker's loop: where a server says that something came, at once; else every minute.

Each mailbox has a thread of its own and is read by one process at a time, whoever holds its lock.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from django.db import Error, connection

from afterword.kernel.errors import Failed, Refused
from afterword.kit import clock, sql
from afterword.loop.channels import door as channels
from afterword.loop.channels.door import OpenWay

from .receive import Arrival, receive

log = logging.getLogger("afterword.mailboxes")
EVERY, LOOK_AGAIN, AWAY, LONGEST = 60.0, 5.0, 15.0, 3600.0  # seconds: between two looks, at the settings, after a fault


def collect(way: OpenWay) -> int:
    """Read one mailbox once, if nobody else does; how many mails came in. Raises MailboxAway, NotEncrypted."""
    with sql.hold(_lock(way)) as mine:
        if not mine:
            return 0
        box = channels.Box(way.settings)
        try:
            return _look(way, box)
        finally:
            box.close()


def _look(way: OpenWay, box: channels.Box) -> int:
    count = channels.pull(way, box, lambda raw, to: receive(Arrival(raw, to), clock.now()), clock.now())
    channels.answered(way.key)
    return count


def _lock(way: OpenWay) -> str:
    return f"afterword mailbox {way.key}"


class Collecting:
    """Collects from every mailbox that is set up, until it is stopped; what is set up meanwhile is noticed within seconds."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._watching: dict[str, tuple[OpenWay, threading.Event, threading.Thread]] = {}
        self._thread = threading.Thread(target=self._run, name="mailboxes", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is being taken in."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self._follow({way.key: way for way in channels.inbound()})
            except Error as fault:
                log.warning("the database does not answer (%s)", str(fault).split("\n")[0])
                connection.close()
            if not self._watching:
                connection.close()  # where no mailbox is set up, a process of the database less
            self._over.wait(LOOK_AGAIN)
        self._follow({})
        connection.close()

    def _follow(self, wanted: dict[str, OpenWay]) -> None:
        """One thread for each mailbox that is wanted as it is set up now."""
        for key, (way, over, thread) in list(self._watching.items()):
            if wanted.get(key) != way or not thread.is_alive():
                over.set()
                thread.join(10)
                del self._watching[key]
        for key in wanted.keys() - self._watching.keys():
            over = threading.Event()
            thread = threading.Thread(target=watch, args=(wanted[key], over), name=f"mailbox {key}", daemon=True)
            self._watching[key] = (wanted[key], over, thread)
            thread.start()


def watch(way: OpenWay, over: threading.Event) -> None:
    """Read one mailbox until it is over. A fault is remembered where people look, and it is tried again."""
    try:
        while not over.is_set():
            pause = AWAY
            try:
                with sql.hold(_lock(way)) as mine:
                    if mine:
                        _stay(way, over)
            except (Failed, Refused) as fault:
                pause = max(AWAY, _rest(channels.failed(way.key, str(fault), clock.now())))
            except Error as fault:
                log.warning("the database does not answer (%s)", str(fault).split("\n")[0])
                connection.close()
            over.wait(pause)
    finally:
        connection.close()


def _rest(until: datetime | None) -> float:
    """Seconds in which a mailbox is left in peace: a provider locks out who tries a wrong password again and again."""
    return min((until - clock.now()).total_seconds(), LONGEST) if until else 0.0


def _stay(way: OpenWay, over: threading.Event) -> None:
    box = channels.Box(way.settings)
    try:
        while not over.is_set():
            _look(way, box)
            if box.idles:
                box.listen(over)
            else:
                over.wait(EVERY)
    finally:
        box.close()
