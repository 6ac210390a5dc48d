"""Which process this is, in words that another process can ask about, so that whoever holds something by name can be known to be dead; and
how a further one of ours is started."""

from __future__ import annotations

import os
import socket
import sys
from functools import lru_cache

import psutil

SAME = 2.0  # seconds by which the beginning of one and the same process may seem to differ when the machine's clock is set


def name() -> str:
    """`machine/pid/began`: of this process, and of no other."""
    return _named(os.getpid())


@lru_cache(maxsize=2)
def _named(pid: int) -> str:
    return f"{socket.gethostname()}/{pid}/{psutil.Process(pid).create_time():.2f}"


def is_gone(holder: str) -> bool:
    """Whether the process of this name is known to have ended. On another machine nobody knows, so: no."""
    machine, pid, began = holder.rsplit("/", 2)
    if machine != socket.gethostname():
        return False
    try:
        process = psutil.Process(int(pid))
        return bool(process.status() == psutil.STATUS_ZOMBIE or abs(process.create_time() - float(began)) > SAME)
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False


def command(*arguments: str) -> list[str]:
    """A command of ours, run by the same Python. What lies where it is started is never taken for a module (-P)."""
    return [sys.executable, "-P", "-m", "afterword.project.main", *arguments]
