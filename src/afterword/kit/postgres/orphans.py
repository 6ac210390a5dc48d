"""What root's embedded servers leave under `/var/lib/afterword` when their home is deleted: found with proof, swept after a while.

Each place keeps the path of its home, and of the folder that home lay in also device and inode. A home counts as gone only if
that very folder is still there without it: a disk that is not mounted just now has another device, and keeps its data. And it
must have been gone for a week of starts, so that whoever puts a home back from a backup finds everything.
"""

from __future__ import annotations

import json
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import psutil

from .places import ROOTS_PLACE, Place, socket_of

NOTE, GONE = "home.json", "home.gone"
GRACE = timedelta(days=7)


def remember(place: Place, home: Path) -> None:
    """Write beside the data whose they are. Only for places of root, who alone leaves any behind."""
    if place.user is None:
        return
    above = home.resolve().parent.stat()
    note = {"home": str(home.resolve()), "device": above.st_dev, "inode": above.st_ino}
    (place.folder / NOTE).write_text(json.dumps(note), encoding="utf-8")
    (place.folder / GONE).unlink(missing_ok=True)


def sweep(now: datetime, root: Path = ROOTS_PLACE) -> list[Path]:
    """Take away the places whose home has been gone for a week; what was taken. What is newly gone is marked."""
    if os.geteuid() != 0 or not root.is_dir():
        return []
    taken = []
    for folder in sorted(root.iterdir()):
        if not (folder / NOTE).is_file() or _in_use(folder):
            continue
        if not _is_gone(folder):
            (folder / GONE).unlink(missing_ok=True)
        elif _gone_since(folder, now) <= now - GRACE:
            shutil.rmtree(folder)
            if (socket := socket_of(folder)) != folder:
                shutil.rmtree(socket, ignore_errors=True)
            taken.append(folder)
    return taken


def _is_gone(folder: Path) -> bool:
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        home = Path(note["home"])
        above = home.parent.stat()
        kept = (home / "postgres.place").read_text(encoding="ascii").strip() if (home / "postgres.place").exists() else None
    except (OSError, ValueError, KeyError):
        return False  # nothing is proven
    same = (above.st_dev, above.st_ino) == (note["device"], note["inode"])
    return same and not (home.exists() and kept is None) and kept != folder.name


def _gone_since(folder: Path, now: datetime) -> datetime:
    mark = folder / GONE
    try:
        return datetime.fromisoformat(mark.read_text(encoding="ascii"))
    except (OSError, ValueError):
        mark.write_text(now.isoformat(), encoding="ascii")
        return now


def _in_use(folder: Path) -> bool:
    """Whether a server runs over one of its clusters: by its process, never by a file alone."""
    for file in folder.glob("pg*/postmaster.pid"):
        try:
            process = psutil.Process(int(file.read_text(encoding="utf-8").split("\n")[0]))
            if process.name() == "postgres" and str(file.parent) in process.cmdline():
                return True
        except (OSError, ValueError, psutil.NoSuchProcess):
            continue
        except psutil.Error:
            return True
    return False
