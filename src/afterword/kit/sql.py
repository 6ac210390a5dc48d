"""SQL through Django's own connection, so that it commits together with everything else that is done there.

Parameters are given apart, as `%s` or `%(name)s`; a literal per cent sign is then written twice.
"""

from __future__ import annotations

import select
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, transaction
from psycopg import sql as compose
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from .clock import elapsed

NEVER_UNASKED = 2**31 - 1  # runs after which psycopg prepares a statement that nobody asked it to
PLANNING = (
    "select set_config('enable_seqscan', %s, true), set_config('enable_hashjoin', %s, true), set_config('enable_mergejoin', %s, true), "
    "set_config('plan_cache_mode', %s, true)"
)
Params = Sequence[Any] | Mapping[str, Any] | None


def run(text: str, params: Params = None) -> int:
    """Run one statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return int(cursor.rowcount)


def rows(text: str, params: Params = None) -> list[tuple[Any, ...]]:
    """All rows of the answer."""
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return list(cursor.fetchall())


def records(text: str, params: Params = None) -> list[dict[str, Any]]:
    """All rows of the answer, each by column name."""
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def one(text: str, params: Params = None) -> tuple[Any, ...] | None:
    """The first row of the answer, or None."""
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found


def prepared(text: str, params: Params = None) -> list[dict[str, Any]]:
    """All rows of a long statement that comes again and again: PostgreSQL plans it once a connection. Parameters are bound there."""
    connection.ensure_connection()
    raw = connection.connection
    if raw.prepare_threshold is None:  # Django's choice, which forbids it altogether
        raw.prepare_threshold = NEVER_UNASKED
    with psycopg.Cursor(raw, row_factory=dict_row) as cursor:
        cursor.execute(text, params, prepare=True)
        return list(cursor.fetchall()) if cursor.description else []


def few(text: str, params: Params = None) -> list[dict[str, Any]]:
    """As `prepared`, for a statement that concerns a few rows of growing tables. Inside a transaction.

    It is planned once, by index: statistics are late while a table grows, and a plan made for an empty one would read it all.
    """
    run(PLANNING, ["off", "off", "off", "force_generic_plan"])
    found = prepared(text, params)
    run(PLANNING, ["on", "on", "on", "auto"])
    return found


def value(text: str, params: Params = None) -> Any:
    """The first column of the first row, or None."""
    found = one(text, params)
    return None if found is None else found[0]


def copy_rows(table: str, columns: Sequence[str], given: Iterable[Sequence[Any]]) -> int:
    """Write many rows with COPY, the quickest way in; how many. Dicts become jsonb. Inside the present transaction."""
    target = compose.SQL("copy {} ({}) from stdin").format(
        compose.Identifier(*table.split(".")), compose.SQL(", ").join(map(compose.Identifier, columns))
    )
    with connection.cursor() as cursor:
        raw: psycopg.Cursor[Any] = cursor.cursor.cursor if hasattr(cursor.cursor, "cursor") else cursor.cursor
        with raw.copy(target) as stream:
            for row in given:
                stream.write_row([Jsonb(cell) if isinstance(cell, dict) else cell for cell in row])
        return int(raw.rowcount)


@contextmanager
def advisory_lock(name: str) -> Iterator[None]:
    """One holder of this name at a time in the whole installation; given back when the (outermost) transaction ends."""
    with transaction.atomic():
        run("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        yield


def try_lock(name: str) -> bool:
    """Take the lock until the present transaction ends, unless somebody else has it."""
    return bool(value("select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name]))


@contextmanager
def hold(name: str, *, wait: bool = False) -> Iterator[bool]:
    """Hold a lock of the whole installation across transactions; yields whether it is ours. A lost connection gives it back."""
    key = "hashtextextended(%s, 0)"
    mine = bool(value(f"select pg_advisory_lock({key}) is not null" if wait else f"select pg_try_advisory_lock({key})", [name]))
    try:
        yield mine
    finally:
        if mine and not connection.closed_in_transaction and connection.is_usable():
            run(f"select pg_advisory_unlock({key})", [name])


def notify(channel: str, payload: str = "") -> None:
    """Wake those who listen to the channel, once the present transaction has committed."""
    run("select pg_notify(%s, %s)", [channel, payload])


class Listener:
    """Hears notifications over a connection of its own, which it makes again when it is lost."""

    def __init__(self, *channels: str, name: str = "afterword listener") -> None:
        self.channels, self.name = channels, name
        self._connection: psycopg.Connection[Any] | None = None

    def listen(self) -> None:
        """Begin to hear, if it does not yet."""
        self._connected()

    def wait(self, seconds: float, *, also: int | None = None) -> set[str]:
        """The channels that were notified, as soon as there is one; empty after `seconds`, or when the file `also` can be read."""
        until = elapsed() + seconds
        while not (heard := self._heard()) and (left := until - elapsed()) > 0:
            watched = [self._connected().fileno()] + ([] if also is None else [also])
            if also in select.select(watched, [], [], left)[0]:
                break
        return heard

    def _heard(self) -> set[str]:
        try:
            return {note.channel for note in self._connected().notifies(timeout=0)}
        except psycopg.OperationalError:
            self.close()
            self._connected()
            return set(self.channels)  # what was said meanwhile is not known: look everywhere

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            parameters = {key: value for key, value in connection.get_connection_params().items() if key in KEYWORDS}
            self._connection = psycopg.connect(**{**parameters, "application_name": self.name}, autocommit=True)
            for channel in self.channels:
                self._connection.execute(compose.SQL("listen {}").format(compose.Identifier(channel)))
        return self._connection

    def close(self) -> None:
        """Stop listening."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


KEYWORDS = {"host", "port", "user", "password", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey", "application_name"}
