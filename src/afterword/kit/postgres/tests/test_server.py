"""An embedded server, its crashes, and those who use it at once. Each test has a cluster of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from afterword.kit.env import BadSetting
from afterword.kit.postgres import places
from afterword.kit.postgres.server import Server, Status


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server in a home of its own, gone afterwards. Without fsync: what is killed here is a process, not the machine."""
    made = Server(tmp_path / "home", durable=False)
    yield made
    made.leave()
    made.stop()
    if made.place.user is not None:
        shutil.rmtree(made.place.folder, ignore_errors=True)


def connected(server: Server) -> psycopg.Connection:
    return psycopg.connect(**server.parameters(), autocommit=True)  # type: ignore[arg-type]


def living(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 10
    while living(pid) and time.monotonic() < deadline:
        time.sleep(0.02)


def test_a_server_is_made_started_stopped_and_keeps_its_data(server: Server) -> None:
    assert server.status() == Status("stopped", None)
    server.join()
    assert server.status().state == "running"
    with connected(server) as connection:
        connection.execute("create table kept (n int)")
        connection.execute("insert into kept values (7)")
        assert connection.execute("show jit").fetchone() == ("off",)
        assert connection.execute("show data_checksums").fetchone() == ("on",)
        assert connection.execute("select lower('ÄÉШ')").fetchone() == ("äéш",)
    server.leave()
    assert server.status() == Status("stopped", None)
    server.join()
    with connected(server) as connection:
        assert connection.execute("select n from kept").fetchone() == (7,)


def test_after_kill_9_what_was_committed_is_there_and_what_was_not_is_gone(server: Server) -> None:
    server.join()
    with connected(server) as connection:
        connection.execute("create table rows_of (n int)")
        connection.execute("insert into rows_of select generate_series(1, 100000)")
        open_one = connected(server)
        open_one.execute("begin")
        open_one.execute("insert into rows_of select generate_series(1, 5)")
        pid = server.status().pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)
    assert server.status().state == "stopped"
    server.start()
    with connected(server) as connection:
        assert connection.execute("select count(*) from rows_of").fetchone() == (100000,)


def test_children_of_a_killed_server_are_gone_before_it_starts_again(server: Server) -> None:
    server.join()
    busy = connected(server)
    busy.execute("select 1")
    backend = busy.info.backend_pid
    os.kill(backend, signal.SIGSTOP)  # a child that does not notice that its parent is dead
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)
    stuck = subprocess.Popen([sys.executable, "-c", f"import os,signal,time; time.sleep(1); os.kill({backend}, signal.SIGCONT)"])
    server.start()
    stuck.wait()
    assert not living(backend)
    assert server.status().state == "running"


def test_a_stale_pid_file_with_a_reused_number_is_not_believed(server: Server) -> None:
    server.join()
    pid_file = server.place.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    server.leave()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as stranger:
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        assert server.status() == Status("stopped", None)
        server.join()
        assert server.status().state == "running"
        assert stranger.poll() is None, "the stranger who has the number now is left alone"
        stranger.kill()


def test_many_starters_at_once_start_one_server_and_the_last_to_leave_stops_it(server: Server) -> None:
    script = (
        "import sys, time; from pathlib import Path; from afterword.kit.postgres.server import Server\n"
        f"s = Server(Path({str(server.home)!r})); s.join(); print(s.status().pid, flush=True); sys.stdin.readline(); s.leave()"
    )
    starters = [
        subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    pids = {starter.stdout.readline().strip() for starter in starters if starter.stdout}
    assert len(pids) == 1
    for starter in starters[:3]:
        starter.communicate("\n", timeout=30)
    assert server.status().state == "running"
    starters[3].communicate("\n", timeout=30)
    assert server.status().state == "stopped"


def test_a_user_who_was_killed_no_longer_keeps_the_server_alive(server: Server) -> None:
    script = (
        "import time; from pathlib import Path; from afterword.kit.postgres.server import Server\n"
        f"s = Server(Path({str(server.home)!r})); s.join(); print('in', flush=True); time.sleep(60)"
    )
    server.join()
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "in"
        other.kill()
    server.leave()
    assert server.status().state == "stopped"


def test_the_home_may_lie_as_deep_as_one_likes(tmp_path: Path) -> None:
    deep = Server(tmp_path / ("long" * 20) / ("name" * 20))
    try:
        deep.join()
        assert deep.status().state == "running"
    finally:
        deep.leave()
        shutil.rmtree(deep.place.folder, ignore_errors=True)


def test_no_folder_above_the_data_is_opened(server: Server) -> None:
    before = {parent: parent.stat().st_mode for parent in server.home.parents}
    server.join()
    assert before == {parent: parent.stat().st_mode for parent in server.home.parents}
    assert server.place.folder.stat().st_mode & 0o077 == 0


def test_the_older_version_can_be_chosen_and_an_unknown_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERWORD_PG", "16")
    older = Server(tmp_path / "home")
    try:
        older.join()
        with connected(older) as connection:
            assert str(connection.execute("show server_version").fetchone()[0]).startswith("16.")  # type: ignore[index]
    finally:
        older.leave()
        shutil.rmtree(older.place.folder, ignore_errors=True)
    monkeypatch.setenv("AFTERWORD_PG", "12")
    with pytest.raises(BadSetting, match="AFTERWORD_PG"):
        places.find(tmp_path / "home")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_where_the_package_is_closed_to_the_server_s_user_a_copy_of_it_runs(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = Path(tempfile.mkdtemp(dir="/var/lib"))
    try:
        mine.chmod(0o755)
        monkeypatch.setattr(places, "ROOTS_PLACE", mine)
        monkeypatch.setattr(places, "_opens", lambda installed, user: False)
        copy = places.binaries(server.place)
        assert mine in copy.parents
        owner = pwd.getpwnam(str(server.place.user))
        tried = subprocess.run([copy / "initdb", "--version"], user=owner.pw_uid, group=owner.pw_gid, extra_groups=[], cwd="/", check=False)
        assert tried.returncode == 0
        server.join()
        assert server.status().state == "running"
        server.leave()
    finally:
        shutil.rmtree(mine)
