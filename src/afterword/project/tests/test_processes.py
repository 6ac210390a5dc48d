"""`afterword up`, as a person runs it: it starts, survives its children's deaths, and stops."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from afterword.kit.postgres.server import Server
from afterword.kit.process import command
from afterword.project.processes import own_port


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(fact: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.1)


def living(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


class Running:
    """An installation in a home of its own."""

    def __init__(self, place: Path, port: int) -> None:
        self.place, self.port = place, port
        kept = {key: value for key, value in os.environ.items() if key not in {"AFTERWORD_TESTING", "DATABASE_URL"}}
        self.environment = {**kept, "AFTERWORD_HOME": str(place / "home")}
        self.said = place / "said.txt"

    def up(self, where: Path | None = None) -> subprocess.Popen[bytes]:
        with self.said.open("ab") as out:
            started = command("up", "--port", str(self.port))
            self.process = subprocess.Popen(started, env=self.environment, stdout=out, stderr=out, cwd=where)
        until(lambda: self.answers() or self.process.poll() is not None)
        return self.process

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def children(self, word: str) -> list[psutil.Process]:
        return [child for child in psutil.Process(self.process.pid).children() if living(child) and word in child.cmdline()]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command(*arguments), env=self.environment, capture_output=True, text=True, check=False)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """Ready to be started; whatever it left is cleared away."""
    made = Running(tmp_path, free_port())
    yield made
    if made.process.poll() is None:
        made.process.kill()
        made.process.wait()
    server = Server(tmp_path / "home")
    server.stop()
    shutil.rmtree(server.place.folder, ignore_errors=True)


@pytest.mark.slow
def test_it_starts_restarts_what_dies_refuses_a_second_one_and_stops_cleanly(shop: Running) -> None:
    process = shop.up()
    said = shop.said.read_text()
    assert shop.answers()
    assert re.search(rf"sign in +http://localhost:{shop.port}/sign-in/\S{{43}}", said), said

    assert shop.run("up", "--port", str(free_port())).returncode == 2, "one installation is started once"

    until(lambda: bool(shop.children("web")) and bool(shop.children("worker")))
    worker = shop.children("worker")[0]
    worker.kill()
    until(lambda: any(child.pid != worker.pid for child in shop.children("worker")))

    database = Server(shop.place / "home").status().pid
    assert database is not None
    os.kill(database, signal.SIGKILL)
    until(lambda: Server(shop.place / "home").status().pid not in (None, database))
    until(shop.answers)

    left = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    until(lambda: not any(map(living, left)))
    assert Server(shop.place / "home").status().state == "stopped"


@pytest.mark.slow
def test_it_starts_wherever_one_stands(shop: Running) -> None:
    """In a package of ours, too, where granian finds another package around it, and `http` and `calendar` could be files of ours."""
    folder = shop.place / "afterword"
    folder.mkdir()
    for name in ("__init__", "http", "calendar", "wsgi"):
        (folder / f"{name}.py").write_text("raise ImportError('this is not the one')\n")
    shop.up(folder)
    assert shop.answers(), shop.said.read_text()
    until(lambda: bool(shop.children("worker")))
    shop.process.terminate()
    assert shop.process.wait(30) == 0


@pytest.mark.slow
def test_after_a_kill_of_everything_a_second_start_goes_on(shop: Running) -> None:
    process = shop.up()
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    until(lambda: not any(map(living, children)))
    began = time.monotonic()
    shop.up()
    assert shop.answers()
    assert time.monotonic() - began < 20
    shop.process.terminate()
    assert shop.process.wait(30) == 0


@pytest.mark.slow
def test_a_backup_brings_an_installation_back(shop: Running) -> None:
    file = shop.place / "all.tar"
    shop.process = subprocess.Popen(command("welcome"), env=shop.environment)
    assert shop.process.wait(60) == 0
    key = (shop.place / "home" / "secret_key").read_text()
    assert shop.run("backup", str(file)).returncode == 0
    assert file.stat().st_mode & 0o077 == 0
    (shop.place / "home" / "secret_key").write_text("lost")
    done = shop.run("restore", str(file))
    assert done.returncode == 0, done.stderr
    assert (shop.place / "home" / "secret_key").read_text() == key
    (shop.place / "wrong.tar").write_text("no tar")
    refused = shop.run("restore", str(shop.place / "wrong.tar"))
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr


def test_two_installations_on_one_machine_have_a_mailbox_each() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        own = own_port(taken)
        assert own != taken
    assert own_port(own) == own
