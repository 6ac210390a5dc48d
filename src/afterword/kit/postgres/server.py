"""Start, watch and stop one embedded server. Any number of starters may come at once; the last user who leaves stops it."""

from __future__ import annotations

import fcntl
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil
import psycopg

from afterword.kernel.errors import Failed

from .. import clock
from ..env import env_str
from . import orphans, places

DATABASE = "afterword"
PATIENCE = 600  # seconds that a start, with its recovery, or a stop may take
START_SLACK = 120.0  # seconds by which the kernel's and the server's idea of its start may differ
LOG_LIMIT = 5_000_000

SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "work_mem": "'32MB'",
    "maintenance_work_mem": "'128MB'",
    "max_wal_size": "'2GB'",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_connections": "100",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_checkpoints": "off",
    "log_line_prefix": "'%m [%p] '",
}
LEAST_BUFFERS, MOST_BUFFERS = 128, 1024  # MB; what is not used costs nothing
FAST_AND_LOOSE = {"fsync": "off", "full_page_writes": "off"}


class WillNotStart(Failed):
    """PostgreSQL did not start. Its last words ({log}): {words}"""


class WillNotStop(Failed):
    """PostgreSQL (process {pid}) did not stop: {words}"""


def _buffers() -> str:
    """A sixteenth of the machine's memory, so that a small machine is left alone and a large log stays at hand."""
    share = psutil.virtual_memory().total // 16 // 2**20
    return f"{min(max(share, LEAST_BUFFERS), MOST_BUFFERS)}MB"


@dataclass(frozen=True)
class Status:
    """What is true of a server now: `stopped`, `running` or `starting` (its process is there, no answer yet), and its process."""

    state: str
    pid: int | None


class Server:
    """One embedded server. `durable=False` is for tests: what it holds may be lost with the machine."""

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home = home
        self.place = places.find(home)
        self.durable = durable
        self._lease: IO[str] | None = None

    # -- where it is ---------------------------------------------------------------------------------------------

    def parameters(self, database: str = DATABASE) -> dict[str, str]:
        """How to connect: keywords for psycopg."""
        return {"host": str(self.place.socket), "port": self.place.port, "user": DATABASE, "dbname": database}

    def status(self) -> Status:
        """The state, found by looking at the process and asking it, never by believing a file."""
        pid = self._live_pid()
        if pid is None:
            return Status("stopped", None)
        return Status("running" if self._answers() else "starting", pid)

    def alive(self) -> bool:
        """Whether its process is there: a quick look for whoever keeps it running."""
        return self._live_pid() is not None

    def _live_pid(self) -> int | None:
        """The postmaster's process number if the process is really this cluster's server."""
        lines = self._pid_file()
        if len(lines) < 3:
            return None
        try:
            process = psutil.Process(int(lines[0]))
            started = float(lines[2])
            same = (
                process.status() != psutil.STATUS_ZOMBIE
                and process.name() == "postgres"
                and str(self.place.data) in process.cmdline()
                and abs(process.create_time() - started) < START_SLACK
            )
        except (psutil.Error, ValueError):
            return None
        return process.pid if same else None

    def _pid_file(self) -> list[str]:
        try:
            return (self.place.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return []

    def _answers(self) -> bool:
        try:
            with psycopg.connect(**self.parameters("postgres"), connect_timeout=5) as connection:  # type: ignore[arg-type]
                return connection.execute("select 1").fetchone() == (1,)
        except psycopg.Error:
            return False

    # -- its life ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Make the cluster if there is none, recover it if it crashed, and return once it answers."""
        with self._alone():
            if self.status().state == "running":
                return
            places.prepare(self.place)
            orphans.remember(self.place, self.home)
            orphans.sweep(clock.real_now())
            if not (self.place.data / "PG_VERSION").exists():
                self._create()
            self._write_settings()
            self._clear_what_a_crash_left()
            self._launch()
            self._make_database()

    def stop(self) -> None:
        """Stop it, whoever uses it."""
        with self._alone():
            if (pid := self._live_pid()) is not None:
                done = self._run("pg_ctl", "-D", str(self.place.data), "-m", "fast", "-w", "-t", str(PATIENCE), "stop")
                if done.returncode != 0:
                    raise WillNotStop(pid=pid, words=done.stdout)

    def join(self) -> None:
        """Start it if need be, and count this process among its users until `leave` or the process's end."""
        if self._lease is None:
            self.home.mkdir(parents=True, exist_ok=True)
            self._lease = (self.home / f"postgres{self.place.version}.users").open("w")
            fcntl.flock(self._lease, fcntl.LOCK_SH)
        self.start()

    def leave(self) -> None:
        """Stop using it; the last user to leave stops it. A user who died no longer counts: the kernel took its lock back."""
        if self._lease is None:
            return
        self._lease.close()  # given back before asking for all of it, or two who leave together would each wait for the other
        self._lease = None
        with (self.home / f"postgres{self.place.version}.users").open("w") as lease:
            try:
                fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self.stop()

    # -- the parts of a start ------------------------------------------------------------------------------------

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One starter or stopper at a time, for this home only."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _create(self) -> None:
        locale = ["--locale-provider=builtin", "--locale=C.UTF-8"] if int(self.place.version) >= 17 else ["--locale=C.UTF-8"]
        sync = [] if self.durable else ["--no-sync"]
        done = self._run(
            "initdb", "-D", str(self.place.data), "-U", DATABASE, "--auth=trust", "--encoding=UTF8", "--data-checksums", *locale, *sync
        )
        if done.returncode != 0:
            raise WillNotStart(log="initdb", words=done.stdout[-2000:])
        with (self.place.data / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write("\ninclude_if_exists = 'afterword.conf'\n")

    def _write_settings(self) -> None:
        buffers = {"shared_buffers": f"'{env_str('AFTERWORD_PG_BUFFERS', _buffers())}'"}
        chosen = (
            SETTINGS
            | buffers
            | {"unix_socket_directories": f"'{self.place.socket}'", "port": self.place.port}
            | ({} if self.durable else FAST_AND_LOOSE)
        )
        text = "# Written at every start; put your own settings into postgresql.conf, below the include.\n"
        (self.place.data / "afterword.conf").write_text(
            text + "".join(f"{key} = {value}\n" for key, value in chosen.items()), encoding="utf-8"
        )
        self._own(self.place.data / "afterword.conf")
        if self.place.log.exists() and self.place.log.stat().st_size > LOG_LIMIT:
            self.place.log.replace(self.place.log.with_suffix(".log.1"))

    def _own(self, path: Path) -> None:
        if self.place.user is not None:
            owner = pwd.getpwnam(self.place.user)
            os.chown(path, owner.pw_uid, owner.pw_gid)

    def _clear_what_a_crash_left(self) -> None:
        """After a kill, children of the dead server may still write: they must be gone before its lock files may go.

        PostgreSQL would remove the files itself, but not while another process, or the dead server's own zombie in a
        container that reaps nobody, has the number that stands in them.
        """
        locks = [self.place.data / "postmaster.pid", self.place.socket / f".s.PGSQL.{self.place.port}.lock"]
        if not any(lock.exists() for lock in locks) or self._live_pid() is not None:
            return
        deadline = time.monotonic() + 60
        while left := self._backends():
            if time.monotonic() > deadline:
                raise WillNotStart(log=str(self.place.log), words=f"processes {left} of an earlier server do not end")
            for pid in left:
                _signal(pid, signal.SIGQUIT)
            time.sleep(0.05)
        for lock in locks:
            lock.unlink(missing_ok=True)

    def _backends(self) -> list[int]:
        """Every living process of this cluster: PostgreSQL's processes work inside their data folder."""
        found = []
        for process in psutil.process_iter(["name", "status"]):
            try:
                if (
                    process.info["name"] == "postgres"
                    and process.info["status"] != psutil.STATUS_ZOMBIE
                    and process.cwd() == str(self.place.data)
                ):
                    found.append(process.pid)
            except psutil.Error:
                continue  # it ended while we looked, or belongs to somebody else
        return found

    def _launch(self) -> None:
        done = self._run("pg_ctl", "-D", str(self.place.data), "-l", str(self.place.log), "-w", "-t", str(PATIENCE), "start")
        if done.returncode != 0 or not self._answers():
            words = self.place.log.read_text(encoding="utf-8", errors="replace")[-2000:] if self.place.log.exists() else done.stdout
            raise WillNotStart(log=str(self.place.log), words=words)

    def _make_database(self) -> None:
        with psycopg.connect(**self.parameters("postgres"), autocommit=True) as connection:  # type: ignore[arg-type]
            if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
                connection.execute(f"create database {DATABASE}")

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the server's user. Its words go through a file: a pipe would outlive pg_ctl."""
        owner = pwd.getpwnam(self.place.user) if self.place.user else None
        words = self.home / f"postgres.{program}.out"
        with words.open("w") as out:
            done = subprocess.run(
                [places.binaries(self.place) / program, *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                text=True, check=False, cwd=self.place.folder, env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}, umask=0o077,
                user=owner.pw_uid if owner else None, group=owner.pw_gid if owner else None, extra_groups=[] if owner else None,
            )  # fmt: skip
        return subprocess.CompletedProcess(done.args, done.returncode, words.read_text(encoding="utf-8", errors="replace"))


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
