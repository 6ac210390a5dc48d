"""What `afterword doctor` looks at: each finding says what is so and, where it is not well, how to mend it."""

from __future__ import annotations

import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from afterword.kernel import faults
from afterword.kernel.errors import AfterwordError
from afterword.kit.env import home, public_url

LEAST_FREE = 2 * 1024**3  # bytes
OLDEST_INBOX = 60  # seconds that an event may wait to be sealed


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    well: bool
    words: str
    mend: str = ""


def examine() -> list[Finding]:
    """Look at everything that can be looked at; what needs the database only if it answers."""
    found = [_python(), _home(), _zones()]
    database = _database()
    found.append(database)
    if database.well:
        for look in LOOKS:
            found += look()
    found.append(_web())
    return found


def _python() -> Finding:
    words = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", sys.version_info >= (3, 11), words, "Install Python 3.11 or newer.")


def _home() -> Finding:
    place = home()
    free = shutil.disk_usage(place).free
    return Finding(
        "Home", free > LEAST_FREE, f"{place}, {free / 1024**3:.1f} GiB free", "Make room, or set AFTERWORD_HOME to a larger disk."
    )


def _zones() -> Finding:
    try:
        ZoneInfo("America/Sao_Paulo")
    except ZoneInfoNotFoundError:
        return Finding("Time zones", False, "no time zone data", "Install the package tzdata.")
    return Finding("Time zones", True, "known")


def _database() -> Finding:
    from . import main

    try:
        main.set_up()
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("select current_setting('server_version'), current_setting('server_version_num')::int")
            words, number = cursor.fetchone()
    except AfterwordError as error:
        return Finding("PostgreSQL", False, str(error), "See the message; `afterword up` starts the embedded one.")
    except Exception as error:
        return Finding("PostgreSQL", False, str(error).strip(), "Is DATABASE_URL right, and is that server running?")
    return Finding("PostgreSQL", number >= 160000, words, "Use PostgreSQL 16 or newer.")


def _schema() -> Iterator[Finding]:
    from . import upkeep

    pending = upkeep.pending_migrations()
    words = f"{len(pending)} steps behind" if pending else "up to date"
    yield Finding("Schema", not pending, words, "Run: afterword upgrade")


def _worker() -> Iterator[Finding]:
    from afterword.kit import sql

    there = sql.value("select count(*) from pg_stat_activity where application_name = 'afterword worker'")
    yield Finding("Worker", bool(there), "running" if there else "not running", "Run: afterword up (or: afterword worker)")


def _inbox() -> Iterator[Finding]:
    from afterword.kit import sql

    if sql.value("select to_regclass('event_inbox') is null"):
        return
    count, age = sql.one("select count(*), extract(epoch from max(clock_timestamp() - received_at)) from event_inbox") or (0, None)
    late = age is not None and age > OLDEST_INBOX
    words = f"{count} events wait, the oldest for {age:.0f} s" if count and age is not None else "empty"
    yield Finding("Inbox", not late, words, "The worker seals it: is it running, and what does its log say?")


def _sending() -> Iterator[Finding]:
    from afterword.loop.accounts import door
    from afterword.loop.messages import door as messages

    if door.installation().sending_stopped:
        yield Finding("Sending", False, "all sending is stopped", "Resume it under Settings, when it is safe.")
    else:
        live = ", ".join(messages.live_origins())
        yield Finding("Sending", True, f"live: {live}" if live else "rehearsal: messages go to the local mailbox only")


def _segments() -> Iterator[Finding]:
    from afterword.kit import clock
    from afterword.loop.segments import door as segments

    aside = [f"“{one.name}”: {one.fault}" for one in segments.overview(clock.now()) if one.fault]
    yield Finding("Segments", not aside, "; ".join(aside) or "all are followed", "Change their conditions, or try again, under Segments.")


def _parity() -> Iterator[Finding]:
    from afterword.insight.backtests import door as backtests

    differing = backtests.alarms()
    words = ", ".join(
        f"{one['journey']} version {one['number']}: {one['differing']} visits and {one['otherwise']} verdicts differ" for one in differing
    )
    last = backtests.last_check()
    mend = "Run: afterword check-parity. It names them; compare them with the audit and the log of the database."
    yield Finding("History", not differing, words or (f"as the log says, on {last:%-d %B %Y}" if last else "not checked yet"), mend)


def _web() -> Finding:
    address = public_url() + "/health"
    where = urlsplit(address)
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return Finding("Web", answer.status == 200, f"{address} answers")
    except (urllib.error.URLError, OSError) as error:
        return Finding(
            "Web",
            False,
            f"{address} does not answer: {faults.told(faults.root(error), where.hostname or address, where.port or 0)}",
            "Run: afterword up. Elsewhere? Set AFTERWORD_URL.",
        )


LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (_schema, _worker, _inbox, _sending, _segments, _parity)
