"""The care of an installation: upgrade, first greeting, backup and restore."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

import afterword
from afterword.kernel.errors import Failed, Refused
from afterword.kit import clock, sql
from afterword.kit.postgres import places
from afterword.loop.accounts import door as accounts

from . import catalogues, rooms

FIRST_OWNER = "owner@localhost"
FIRST_LINK_LASTS = timedelta(hours=12)
MANIFEST, DUMP, KEY = "afterword.json", "database.dump", "secret_key"


class NotABackup(Refused):
    """{file} was not written by `afterword backup`."""


class WouldOverwrite(Refused):
    """This installation holds {count} events. Give --replace to throw them away and put the backup in their place."""


class ToolFailed(Failed):
    """{tool} failed: {words}"""


def upgrade() -> Iterator[str]:
    """Migrate, print the views, compile the translations; one at a time, and nothing at all where all is new already."""
    with sql.hold("afterword upgrade", wait=True):
        pending = pending_migrations()
        if pending:
            call_command("migrate", verbosity=0, interactive=False)
            yield f"Database brought up to date ({len(pending)} steps)."
        if rooms.present("loop.events.door"):
            import_module("afterword.loop.events.door").print_views()
        if pending and rooms.present("loop.journeys.door"):
            renewed, unread = import_module("afterword.loop.journeys.door").recompile()
            if renewed:
                yield f"{renewed} versions of journeys compiled anew."
            for name, fault in unread:
                yield f"{name} goes on as it was compiled before, for this edition cannot read it. Publish a new version: {fault}."
        if rooms.present("loop.segments.door"):
            for name, fault in import_module("afterword.loop.segments.door").reread():
                yield f"The segment “{name}” is not followed any more; whoever is in it stays. Change its condition: {fault}."
    if compiled := catalogues.compile_all():
        yield f"{compiled} translations compiled."


def pending_migrations() -> list[str]:
    """The migrations that this version has and the database has not."""
    executor = MigrationExecutor(connection)
    return [str(migration) for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def greet() -> Iterator[str]:
    """Where everything is; for the first owner a link to sign in with, as long as nobody has a password."""
    yield f"[bold]Afterword[/]  {settings.PUBLIC_URL}/"
    if rooms.present("faces.mailbox.urls"):
        yield f"  mailbox   {settings.PUBLIC_URL}/mailbox/"
    yield f"  health    {settings.PUBLIC_URL}/health"
    owner = accounts.members().filter(role="owner", is_active=True).order_by("id").first()
    if owner is None:
        owner = accounts.create_member(FIRST_OWNER, "owner", by=None, name="Owner")
    if not owner.has_usable_password():
        token = accounts.create_sign_in_link(owner, by=None, lasts=FIRST_LINK_LASTS)
        yield f"  sign in   {settings.PUBLIC_URL}/sign-in/{token}  (once, within 12 hours)"


# -- backup --------------------------------------------------------------------------------------------------------------


def backup(file: Path) -> Path:
    """Everything in one file: what is in the database at one moment, the secret key, uploaded files."""
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / DUMP
        _tool("pg_dump", "--format=custom", "--no-owner", f"--file={dump}", *_where(), database=True)
        draft = file.with_name(file.name + ".part")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw, tarfile.open(fileobj=raw, mode="w") as tar:
            _add(tar, MANIFEST, json.dumps({"version": afterword.__version__, "at": clock.real_now().isoformat()}).encode())
            _add(tar, KEY, settings.SECRET_KEY.encode())
            tar.add(dump, DUMP)
            if (settings.HOME / "files").is_dir():
                tar.add(settings.HOME / "files", "files")
        draft.replace(file)
    return file


def restore(file: Path, *, replace: bool = False) -> None:
    """Put the database, the key and the files back as they were. The running processes should be stopped before."""
    with _opened(file) as tar, tempfile.TemporaryDirectory() as folder:
        names = set(tar.getnames())
        if not {MANIFEST, DUMP, KEY} <= names:
            raise NotABackup(file=file)
        if not replace and (count := _events()):
            raise WouldOverwrite(count=count)
        tar.extractall(folder, filter="data")
        sql.run("drop schema public cascade")
        sql.run("create schema public")
        connection.close()
        _tool("pg_restore", "--no-owner", "--exit-on-error", *_where(), str(Path(folder) / DUMP), database=True)
        key = settings.HOME / KEY
        key.write_bytes((Path(folder) / KEY).read_bytes())
        key.chmod(0o600)
        if (Path(folder) / "files").is_dir():
            shutil.copytree(Path(folder) / "files", settings.HOME / "files", dirs_exist_ok=True)


def _opened(file: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(file)
    except tarfile.ReadError as error:
        raise NotABackup(file=file) from error


def _events() -> int:
    """How many events there are, if there is a log at all."""
    if sql.value("select to_regclass('event') is null"):
        return 0
    return int(sql.value("select (select count(*) from event) + (select count(*) from event_inbox)"))


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    tar.addfile(entry, io.BytesIO(content))


def _where() -> list[str]:
    at = connection.settings_dict
    flags = {"--host": at["HOST"], "--port": at["PORT"], "--username": at["USER"], "--dbname": at["NAME"]}
    return [f"{flag}={value}" for flag, value in flags.items() if value]


def _tool(name: str, *arguments: str, database: bool) -> None:
    """One of PostgreSQL's own programs, from the wheel."""
    environment: dict[str, Any] = {**os.environ}
    if database and connection.settings_dict["PASSWORD"]:
        environment["PGPASSWORD"] = connection.settings_dict["PASSWORD"]
    program = places.binaries(places.find(settings.HOME)) / name
    done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ToolFailed(permanent=True, tool=name, words=done.stderr.strip()[-1500:])
