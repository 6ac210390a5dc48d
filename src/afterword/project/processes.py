"""What `afterword up` keeps alive: PostgreSQL, the web pages, the worker, and a living shop where one is asked for.

This process stays small: it knows neither Django nor the rooms. A child that dies is started again, after a pause that
grows while it keeps dying; Ctrl-C or SIGTERM ends the children first, then the database.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console

from afterword.kernel.errors import Refused
from afterword.kit.env import env_int, env_str, home
from afterword.kit.postgres import address
from afterword.kit.postgres.server import Server
from afterword.kit.process import command

from . import rooms

MAILBOX_PORT = 8025
PATIENCE = 20.0  # seconds that a child has to end when it is asked to
HEALTHY_AFTER = 30.0  # seconds of life after which a child's next death starts with a short pause again
LONGEST_PAUSE = 30.0
LOOK_EVERY = 0.5
REFUSED = 2  # the exit of a command that a person asked for wrongly
PR_SET_PDEATHSIG = 1

said = Console(stderr=True, highlight=False)


class AlreadyRunning(Refused):
    """This installation ({home}) is running already. Stop the other one, or set AFTERWORD_HOME to start a second."""


class PortTaken(Refused):
    """Port {port} is used by another program. Choose another one: afterword up --port {other}"""


class UnknownShop(Refused):
    """There is no shop to live through called “{shop}” here."""


def application() -> Any:
    """The web application. Loaded by its name as a module: granian would look for a file of that name where we were started."""
    return import_module("afterword.project.wsgi").application


@dataclass
class Child:
    """A process that is kept alive; one that ends well (exit 0) while `once` is not started again."""

    name: str
    argv: list[str]
    once: bool = False
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 1.0
    again_at: float = 0.0
    done: bool = False
    environment: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        """Start it, away from the terminal's Ctrl-C: the supervisor says when it ends."""
        self.process = subprocess.Popen(
            self.argv, env={**os.environ, **self.environment}, start_new_session=True, stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent
        )
        self.started = time.monotonic()

    def look(self, now: float) -> None:
        """Start it again if it died and its pause is over."""
        if self.process is None:
            if not self.done and now >= self.again_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self._end_orphans(self.process.pid)
        self.process = None
        if self.once and code in (0, REFUSED):
            self.done = True  # it is through, or a person must change something first: it has said what
            return
        self.pause = 1.0 if now - self.started > HEALTHY_AFTER else min(self.pause * 2, LONGEST_PAUSE)
        self.again_at = now + self.pause
        said.print(f"[yellow]{self.name} ended ({_spoken(code)}); starting it again in {self.pause:.0f} s[/]")

    def _end_orphans(self, group: int) -> None:
        """What a killed child had started dies with it: a web page's own process would go on answering beside the new one."""
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)

    def ask_to_end(self) -> None:
        """SIGTERM, to the child alone: it knows its own children."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, deadline: float) -> None:
        """Wait for it, and kill it and all it started if it will not end."""
        if self.process is None:
            return
        try:
            self.process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            said.print(f"[yellow]{self.name} does not end; killing it[/]")
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _spoken(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit {code}"


def _die_with_parent() -> None:
    """On Linux: when the supervisor is killed, its children are told to end, so that a second start finds the port free."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Keeps the children and the database alive until it is told to stop."""

    def __init__(self, children: list[Child], server: Server | None) -> None:
        self.children, self.server = children, server
        self.stopping = False

    def run(self) -> None:
        """Until SIGTERM or Ctrl-C."""
        try:
            while not self.stopping:
                now = time.monotonic()
                if self.server is not None and not self.server.alive():
                    said.print("[yellow]PostgreSQL ended; recovering it[/]")
                    self.server.start()
                for child in self.children:
                    child.look(now)
                time.sleep(LOOK_EVERY)
        finally:
            self.end()

    def stop(self, signum: int, frame: FrameType | None) -> None:
        """What the signals call."""
        self.stopping = True

    def end(self) -> None:
        """All children at once, each with its time."""
        for child in self.children:
            child.ask_to_end()
        deadline = time.monotonic() + PATIENCE
        for child in self.children:
            child.end(deadline)


def run(*, host: str, port: int, shop: str, data: Path | None) -> int:
    """`afterword up`: everything, until it is stopped. The exit code."""
    place = home()
    with (place / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(home=place) from error
        _need_port(host, port)
        if env_str("AFTERWORD_URL") is None:
            (place / "address").write_text(f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{port}", encoding="utf-8")
        if env_str("AFTERWORD_MAILBOX_PORT") is None:
            os.environ["AFTERWORD_MAILBOX_PORT"] = str(own_port(MAILBOX_PORT))
        server = Server(place) if address.external() is None else None
        supervisor = Supervisor(_children(host, port, shop, data), server)
        signal.signal(signal.SIGTERM, supervisor.stop)
        signal.signal(signal.SIGINT, supervisor.stop)
        if server is not None:
            server.join()
        try:
            subprocess.run(command("welcome"), check=True, start_new_session=True, stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent)
            supervisor.run()
        except subprocess.CalledProcessError as error:
            return error.returncode
        finally:
            if server is not None:
                server.leave()
    said.print("Stopped.")
    return 0


def _need_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(port=port, other=port + 1) from error


def own_port(wanted: int) -> int:
    """This port if it is free, else any that is: two installations on one machine must not read each other's mails."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return wanted


def _children(host: str, port: int, shop: str, data: Path | None) -> list[Child]:
    children = [
        Child("web", command("web", "--host", host, "--port", str(port))),
        Child("worker", command("worker")),
    ]
    if shop:
        if not any(map(rooms.present, rooms.COMMANDS)):
            raise UnknownShop(shop=shop)
        arguments = [*rooms.LIVE, "--shop", shop, *([] if data is None else ["--data", str(data)])]
        children.append(Child(f"shop {shop}", command(*arguments), once=True))
    return children


def serve(host: str, port: int) -> None:
    """The web process: one worker with threads under granian. Until SIGTERM."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server as Granian

    Granian(
        "afterword.project.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=env_int("AFTERWORD_WEB_THREADS", 4, least=1, most=64),
        backlog=1024,
        backpressure=256,
        respawn_failed_workers=True,
        log_level=LogLevels(env_str("AFTERWORD_WEB_LOG", "warning")),
    ).serve(target_loader=application, wrap_loader=False)
