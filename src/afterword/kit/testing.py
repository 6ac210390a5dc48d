"""For tests: an embedded PostgreSQL that all runs share, and a database per process, copied from a migrated template.

Loaded by pytest before Django's settings (`-p afterword.kit.testing`), so that tests never touch a real installation.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import psycopg
from psycopg import sql

from .env import env_str
from .postgres.server import Server

SOURCE = Path(__file__).resolve().parents[1]
AS_EVER = "as ever"
HOME = Path(env_str("AFTERWORD_TEST_HOME", str(SOURCE.parents[1] / ".afterword" / "tests")))

os.environ["AFTERWORD_HOME"] = str(HOME)
os.environ["AFTERWORD_TESTING"] = "1"
os.environ.pop("DATABASE_URL", None)
KEPT_TEMPLATES = 4


class Databases:
    """The databases of one test process; `present` are the ones in use."""

    present: ClassVar[Databases | None] = None

    def __init__(self) -> None:
        Databases.present = self
        self.server = Server(HOME, durable=False)
        self.name = f"test_{os.getpid()}"

    def start(self) -> None:
        """Join the shared server and sweep away what processes that died have left."""
        self.server.join()
        with self._connect() as connection:
            for name in _names(connection, r"test\_%"):
                if not _alive(name):
                    _drop(connection, name)

    def stop(self) -> None:
        """Drop our own database and leave the server; the last one to leave stops it."""
        with self._connect() as connection:
            _drop(connection, self.name)
        self.server.leave()

    def fresh(self) -> str:
        """Our database exactly as the migrations leave it; anything it held is gone."""
        with self._connect() as connection:
            _drop(connection, self.name)
            with _turn(connection):
                template = self._template(connection)
                connection.execute(sql.SQL("create database {} template {}").format(sql.Identifier(self.name), sql.Identifier(template)))
        return self.name

    def _template(self, connection: psycopg.Connection) -> str:
        """The migrated database of the present migrations and event definitions, made by whoever needs it first."""
        name = f"template_{_fingerprint()}"
        known = _names(connection, r"template\_%")
        if name in known:
            return name
        for old in known[:-KEPT_TEMPLATES]:
            _drop(connection, old)
        draft = f"draft_{os.getpid()}"
        _drop(connection, draft)
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(draft)))
        with _django_on(draft):
            from django.core.management import call_command

            call_command("migrate", verbosity=0, interactive=False)
            _draw_lots()
        connection.execute(sql.SQL("alter database {} rename to {}").format(sql.Identifier(draft), sql.Identifier(name)))
        return name

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(**self.server.parameters("postgres"), autocommit=True)  # type: ignore[arg-type]


def tokenless(text: str) -> str:
    """The text without signed links, keys and ids, so that a short word in it is there because somebody wrote it."""
    return re.sub(r"[\w+/=-]{20,}", "…", text)


def let_go() -> None:
    """Close this thread's connections, and those it made under a running loop, as the driver of a browser runs one.

    Django keeps the second kind apart and shows it to nobody outside a loop; a test that made one would leave it to the
    next browser test of its process, whose first question would then meet a database that is gone.
    """
    from django.db import connections

    async def within() -> None:
        connections.close_all()

    connections.close_all()
    allowed = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        asyncio.run(within())
    finally:
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
        if allowed is not None:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = allowed


def lots() -> str:
    """What all lots of the tests follow from: the same in every run, so that none fails by chance; `AFTERWORD_TEST_LOTS` names others."""
    return env_str("AFTERWORD_TEST_LOTS", "") or AS_EVER


def _draw_lots() -> None:
    """Put the installation's secret, from which ids and so all lots follow, in the place of the one that chance gave it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("update accounts_installation set secret = %s", [hashlib.sha256(lots().encode()).digest()])


def _fingerprint() -> str:
    """Follows from everything that shapes an empty database: lots, migrations, event definitions, and how they become views."""
    mark = hashlib.sha256(lots().encode())
    shaping = [*SOURCE.glob("**/migrations/*.py"), *SOURCE.glob("**/events.py"), *SOURCE.glob("loop/events/**/*.py")]
    for path in sorted([*shaping, *SOURCE.glob("**/migrations/*.sql"), SOURCE / "kernel" / "shapes.py"]):
        if path.parent.name != "tests":
            mark.update(str(path).encode() + path.read_bytes())
    return mark.hexdigest()[:16]


@contextlib.contextmanager
def _django_on(database: str) -> Iterator[None]:
    """Django's connection, pointed at another database for a while."""
    from django.db import connection

    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@contextlib.contextmanager
def _turn(connection: psycopg.Connection) -> Iterator[None]:
    """One template maker and copier at a time."""
    connection.execute("select pg_advisory_lock(hashtext('afterword templates'))")
    try:
        yield
    finally:
        connection.execute("select pg_advisory_unlock(hashtext('afterword templates'))")


def _names(connection: psycopg.Connection, like: str) -> list[str]:
    """Databases of such a name, the oldest first."""
    found = connection.execute("select datname from pg_database where datname like %s order by oid", [like]).fetchall()
    return [row[0] for row in found]


def _drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _alive(name: str) -> bool:
    try:
        os.kill(int(name.rsplit("_", 1)[1]), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True
