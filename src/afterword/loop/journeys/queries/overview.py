"""Reads for the pages of journeys: the list, one journey with its versions, how many took each way."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from afterword.kit import sql

from ..actions.drafts import written_out
from ..models import Journey, Version
from ..rules.drawing import Drawing, drawn
from ..rules.standings import entered, under_way
from ..rules.yaml import loaded
from ..types import NoSuchJourney, NoSuchVersion

COUNTS = "select version_id, step, outcome, visits from visit_count where version_id = any(%s)"


@dataclass(frozen=True)
class Line:
    """A journey in the list. `state` is live, draft (never published) or off; `changed`: the draft says something else."""

    key: str
    name: str
    about: str
    state: str
    version: int | None
    changed: bool
    entered: int
    under_way: int


@dataclass(frozen=True)
class Shown:
    """A published version as pages show it, with the version before it for the difference."""

    id: int
    number: int
    published_at: datetime
    published_by: str
    is_live: bool
    text: str
    document: dict[str, Any]
    pinned: dict[str, str]
    paused_at: datetime | None = None

    @cached_property
    def drawing(self) -> Drawing:
        """How it is drawn."""
        return drawn(self.document)


@dataclass(frozen=True)
class Known:
    """A journey with everything that was ever published of it, the newest first."""

    key: str
    name: str
    about: str
    draft: str
    origin: str
    versions: tuple[Shown, ...]

    @property
    def live(self) -> Shown | None:
        """The version that new runs enter."""
        return next((version for version in self.versions if version.is_live), None)

    @property
    def state(self) -> str:
        """`live`, `draft` (never published) or `off`."""
        return "live" if self.live else "off" if self.versions else "draft"

    @property
    def changed(self) -> bool:
        """Whether the draft says something else than the newest version."""
        return bool(self.versions) and self.versions[0].text != self.draft

    def version(self, number: int | None = None) -> Shown | None:
        """The version of this number; without one the live, else the newest; None where there is none."""
        if number is not None:
            return next((version for version in self.versions if version.number == number), None)
        return self.live or (self.versions[0] if self.versions else None)

    def drawing_of(self, version: Shown | None) -> Drawing:
        """How a version is drawn; without one, the draft."""
        return version.drawing if version else drawn(self.document_of(None))

    def document_of(self, version: Shown | None) -> dict[str, Any]:
        """The document of a version in plain values; without one, the draft's."""
        return version.document if version else cast(dict[str, Any], written_out(loaded(self.draft)))


def overview() -> list[Line]:
    """All journeys, those that are live first. Three statements, however many there are."""
    versions: dict[int, list[dict[str, Any]]] = defaultdict(list)
    found = Version.objects.order_by("-number").values("id", "journey_id", "number", "is_live", "document", "text")
    for row in found:
        versions[row["journey_id"]].append(dict(row))
    tallied = counts_of([row["id"] for rows in versions.values() for row in rows])
    lines = [_line(journey, versions[journey.pk], tallied) for journey in Journey.objects.order_by("name")]
    return sorted(lines, key=lambda line: ("live", "off", "draft").index(line.state))


SENDING = """
select j.key, j.name from journey j where j.draft ~ ('message:\\s*["'']?' || %(message)s || '\\y') or exists (
    select 1 from journey_version v, jsonb_array_elements(v.sends) s
    where v.journey_id = j.id and v.is_live and s ->> 'message' = %(message)s)
order by j.name
"""


def sending(message: str) -> dict[str, str]:
    """The journeys that send this message, in what is on or in their draft: key → name. One statement."""
    return dict(sql.rows(SENDING, {"message": message}))


def _line(journey: Journey, versions: list[dict[str, Any]], tallied: dict[int, dict[str, dict[str, int]]]) -> Line:
    live = next((row for row in versions if row["is_live"]), None)
    newest = live or (versions[0] if versions else None)
    return Line(
        journey.key, journey.name, journey.about, "live" if live else "off" if versions else "draft", newest["number"] if newest else None,
        bool(versions) and versions[0]["text"] != journey.draft, sum(entered(tallied.get(row["id"], {})) for row in versions),
        sum(under_way(drawn(row["document"]), tallied.get(row["id"], {})) for row in versions),
    )  # fmt: skip


def counts_of(versions: list[int]) -> dict[int, dict[str, dict[str, int]]]:
    """version → step → outcome → how many left so."""
    found: dict[int, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for version, step, outcome, visits in sql.rows(COUNTS, [versions]):
        found[version][step][outcome] = visits
    return found


def known(key: str) -> Known:
    """One journey with its versions, or a refusal. Two statements."""
    row = Journey.objects.filter(key=key).first()
    if row is None:
        raise NoSuchJourney(key=key)
    versions = row.versions.order_by("-number")
    shown = tuple(
        Shown(v.pk, v.number, v.published_at, v.published_by, v.is_live, v.text, v.document, v.pinned, v.paused_at) for v in versions
    )
    return Known(row.key, row.name, row.about, row.draft, row.origin, shown)


def on() -> set[str]:
    """The keys of the journeys that are on: whoever does what they wait for enters."""
    return set(Version.objects.filter(is_live=True).values_list("journey__key", flat=True))


def names() -> dict[str, str]:
    """key → name of every journey."""
    return dict(Journey.objects.order_by("name").values_list("key", "name"))


def version_id(key: str, number: int) -> int:
    """By what the version of this number is known to deeds, or a refusal."""
    found = known(key)
    version = found.version(number)
    if version is None:
        raise NoSuchVersion(number=number, name=found.name)
    return version.id
