"""The ground that evidence stands on: a real shop's whole past in the log, a copy of it for each claim, and the page's parts."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from afterword.kit.postgres.server import Server
    from afterword.sample.types import Source

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("AFTERWORD_DATA") or ROOT.parent / "shared" / "data")
HOME = Path(os.environ.get("AFTERWORD_EVIDENCE_HOME", str(ROOT / ".afterword" / "evidence")))
FOLDERS = {"online-retail": "online_retail", "olist": "olist_sample"}
SECRET = b"evidence"  # so that every id, and with it every lot, is the same wherever this runs
BATCH = 2000
# At which steps a past is laid. Of parcels the product concludes when an order has arrived, and knows it at the end of the step.
STEPS = {"online-retail": timedelta(days=28), "olist": timedelta(days=1)}


@dataclass(frozen=True)
class Table:
    """A table of the page: its heading, and its rows as they are printed."""

    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""

    def text(self) -> list[str]:
        """As Markdown."""
        lines = [f"**{self.title}**", ""] if self.title else []
        ruler = "|" + "---|" * len(self.heading)
        return [*lines, _line(self.heading), ruler, *map(_line, self.rows), ""]


@dataclass(frozen=True)
class Finding:
    """What became of one claim: what was claimed, of which data, against which rival, the tables, what they mean and what they do not."""

    name: str
    claim: str
    data: str
    rival: str
    tables: tuple[Table, ...]
    means: str
    limit: str

    def text(self) -> list[str]:
        """As Markdown."""
        told = [f"* **Data and split.** {self.data}", f"* **Rival.** {self.rival}", ""]
        tables = [line for table in self.tables for line in table.text()]
        return [f"## {self.name}: {self.claim}", "", *told, *tables, f"**What it means.** {self.means}", "", f"**Limit.** {self.limit}", ""]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def folder(shop: str) -> Path:
    """Where the data of a shop lie; the program ends with a word on it where they do not."""
    place = DATA / FOLDERS[shop]
    if not place.is_dir():
        sys.exit(f"The data of {shop} are not at {place}. Set AFTERWORD_DATA to the folder that holds {FOLDERS[shop]} (see tests/stories).")
    return place


def say(text: str) -> None:
    """Progress, beside the result."""
    print(f"  {text}", file=sys.stderr, flush=True)


def fingerprint(shop: str) -> str:
    """Follows from everything that shapes a laid shop: the product's code and the data's files."""
    mark = hashlib.sha256()
    for path in sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "src").rglob("*.sql"), *(ROOT / "src").rglob("*.yaml")]):
        if "tests" not in path.parts:
            mark.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    for path in sorted(folder(shop).iterdir()):
        mark.update(f"{path.name} {path.stat().st_size}".encode())
    return mark.hexdigest()


def lay(shop: str) -> None:
    """A shop's whole past as the product would have learned it, in a database of its own; kept until code or data change."""
    mark = HOME / f"{shop}.mark"
    known = fingerprint(shop)
    if mark.exists() and mark.read_text() == known:
        return say(f"{shop}: kept from the last run")
    mark.unlink(missing_ok=True)
    say(f"{shop}: reading and recording")
    with _installation() as server, _connected(server, shop, ""):
        from django.core.management import call_command

        from afterword.kit import sql
        from afterword.sample import door as sample

        call_command("migrate", verbosity=0, interactive=False)
        sql.run("update accounts_installation set secret = %s", [SECRET])
        record(sample.source(shop, folder(shop), seed=0), STEPS[shop])
    mark.write_text(known)
    return say(f"{shop}: laid")


def record(source: Source, step: timedelta) -> None:
    """Everything of a history, known when it happened, step by step."""
    from afterword.kit import sql
    from afterword.loop.accounts import door as accounts
    from afterword.loop.events import door as events
    from afterword.loop.identity import door as identity
    from afterword.loop.orders import jobs as orders
    from afterword.sample import door as sample

    sample.begin(source)
    accounts.set_global_holdout(0.0, by=None)
    sql.run("set synchronous_commit = off")
    at = source.starts_at
    while at < source.ends_at:
        since, at = at, min(at + step, source.ends_at)
        told = tuple(source.told(since, at))
        for n in range(0, len(told), BATCH):
            identity.record(told[n : n + BATCH], received_at=at)
        events.seal(at, known="occurred")
        orders.tell_delays(at)
    sql.run("analyze")


@contextmanager
def shop(name: str, copy: str) -> Iterator[None]:
    """A copy of a laid shop, of this process alone; it is gone afterwards."""
    with _installation() as server:
        whole = f"{copy}-{name}"
        with _connected(server, whole, name):
            yield
        _made(server, f'drop database if exists "{whole}"')


@contextmanager
def _installation() -> Iterator[Server]:
    HOME.mkdir(parents=True, exist_ok=True)
    os.environ["AFTERWORD_HOME"] = str(HOME)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afterword.project.settings")
    import django

    from afterword.kit.postgres.server import Server

    server = Server(HOME, durable=False)
    server.join()
    try:
        django.setup()
        yield server
    finally:
        server.leave()


@contextmanager
def _connected(server: Server, database: str, template: str) -> Iterator[None]:
    """This process's connection, on a new database (made from another one, if that is named)."""
    from django.db import connections

    from afterword.kit import clock

    _made(server, f'drop database if exists "{database}"')
    _made(server, f'create database "{database}"' + (f' template "{template}"' if template else ""))
    settings = connections["default"].settings_dict
    before, settings["NAME"] = settings["NAME"], database
    clock.forget()
    try:
        yield
    finally:
        connections.close_all()
        settings["NAME"] = before


def _made(server: Server, text: str) -> None:
    import psycopg

    with psycopg.connect(**server.parameters("postgres"), autocommit=True) as connection:  # type: ignore[arg-type]
        connection.execute(text.encode())


def tell(finding: Finding) -> None:
    """What a claim's process prints last: its finding, for the page."""
    print(json.dumps(asdict(finding)))


def heard(line: str) -> Finding:
    """The finding again."""
    given = json.loads(line)
    tables = tuple(Table(tuple(one["heading"]), tuple(map(tuple, one["rows"])), one["title"]) for one in given["tables"])
    return Finding(**{**given, "tables": tables})
