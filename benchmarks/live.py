"""A whole installation as a shop runs it, started for a benchmark: `afterword up`, a write key, and clients that measure."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .ground import HOME, ROOT


@dataclass(frozen=True)
class Shop:
    """Where it listens, and the key to its intake."""

    port: int
    key: str
    home: Path
    process: subprocess.Popen[bytes]

    def headers(self) -> dict[str, str]:
        """What every intake request carries."""
        return {"Content-Type": "application/json", "Authorization": "Basic " + b64encode(f"{self.key}:".encode()).decode()}


SETUP = """
from afterword.loop.accounts import door as accounts
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages
from afterword.kit import clock, sql
if not accounts.stores():
    brand = {"sender_email": "shop@bench.example"}
    accounts.save_store("main", by=None, name="Bench", currency="EUR", languages=("en",), zone="UTC", brand=brand)
journeys.keep_shipped(at=clock.real_now())
sql.run("insert into frontier (sealed_until) values (now()) on conflict (one) do nothing")
journeys.publish("order_confirmation", at=clock.real_now())
if not __REHEARSAL__:
    messages.go_live("order_confirmation", answer="does_not", by=None, at=clock.real_now())
print(accounts.create_key("main", "bench", by=None))
"""


@contextmanager
def shop(name: str, *, port: int, rehearsal: bool = True, **environment: str) -> Iterator[Shop]:
    """A fresh installation, up and answering."""
    import shutil

    home = HOME / name
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    env = {**os.environ, "AFTERWORD_HOME": str(home), "AFTERWORD_MAILBOX_PORT": str(port + 1), **environment}
    env.pop("AFTERWORD_TESTING", None)
    afterword = [sys.executable, "-m", "afterword.project.main"]
    subprocess.run([*afterword, "upgrade", "--quiet"], env=env, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    script = "from afterword.project.main import set_up; set_up()\n" + SETUP.replace("__REHEARSAL__", str(rehearsal))
    said = subprocess.run([sys.executable, "-c", script], env=env, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout
    key, quiet = said.split()[-1], subprocess.DEVNULL
    process = subprocess.Popen([*afterword, "up", "--port", str(port)], env=env, cwd=ROOT, stdout=quiet, stderr=quiet)
    try:
        answering(port)
        yield Shop(port, key, home, process)
    finally:
        process.terminate()
        process.wait(40)


def answering(port: int, *, path: str = "/sign-in", within: float = 60) -> float:
    """Wait until a page comes; after how many seconds."""
    began = time.perf_counter()
    while time.perf_counter() - began < within:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", path)
            if connection.getresponse().status < 500:
                return time.perf_counter() - began
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(f"nothing answers on port {port}")
