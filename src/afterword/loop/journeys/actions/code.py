"""Journeys as code: what a folder of documents would change here, and doing it, all or nothing.

A document that was exported says on what it is based. Where that has moved on since, it is refused: somebody else's work would
be lost. What `apply` itself has put here since is the same work: the next change of the same document follows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import transaction

from afterword.kit import sql

from ..models import Journey as JourneyRow
from ..models import Version
from ..rules.bases import bare, base_of, based
from ..rules.differences import Difference, differences
from ..rules.drawing import drawn
from ..rules.lint import Finding, failing
from ..rules.yaml import loaded
from ..types import BadJourney, NoSuchJourney, WrongDocuments
from .drafts import digest, keep_draft
from .lint import lint_texts

SHORT = 12
_APPLIED = re.compile(r"applied:(\w*):(\w+)")
STANDING = """
select s.journey, s.step, count(*) as runs from standing s where s.journey = any(%s) and s.step is not null group by 1, 2 order by 1, 2
"""
State = Literal["new", "same", "changed", "kept", "conflict"]


@dataclass(frozen=True)
class Change:
    """What a document would do to its journey.

    `new`: there is none of this key; `same`: nothing; `changed`: another text; `kept`: this text is the draft already, and is
    not live; `conflict`: it cannot be applied, and `why` says so. `runs` are those under way, by step; they stay on their version.
    """

    key: str
    name: str
    state: State
    why: str = ""
    differences: tuple[Difference, ...] = ()
    runs: Mapping[str, int] | None = None
    live: int | None = None

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {**self.__dict__, "differences": [one.__dict__ for one in self.differences], "runs": dict(self.runs or {})}


@dataclass(frozen=True)
class Plan:
    """What a folder of documents would do, and what lint says of each."""

    changes: tuple[Change, ...]
    findings: Mapping[str, tuple[Finding, ...]]

    @property
    def can_be_applied(self) -> bool:
        """Whether nothing stands in the way."""
        return not any(change.state == "conflict" for change in self.changes) and not any(map(failing, self.findings.values()))

    @property
    def changing(self) -> bool:
        """Whether anything would be different afterwards."""
        return any(change.state not in ("same", "conflict") for change in self.changes)


def plan(texts: Iterable[str], *, over: bool = False) -> Plan:
    """What these documents would change, and whom that touches. Nothing is written.

    Args:
        over: take a document although what it is based on has moved on.
    """
    given = _by_key(texts)
    rows = {row.key: row for row in JourneyRow.objects.filter(key__in=given).select_related("live")}
    latest = {v.journey_id: v for v in Version.objects.filter(journey__key__in=given).order_by("number")}
    runs: dict[str, dict[str, int]] = {}
    for journey, step, count in sql.rows(STANDING, [list(given)]):
        runs.setdefault(journey, {})[step] = count
    findings = lint_texts({key: bare(text) for key, text in given.items()})
    changes = [_change(key, text, rows.get(key), latest, runs.get(key, {}), over) for key, text in given.items()]
    return Plan(tuple(changes), findings)


def apply(texts: Iterable[str], *, at: datetime, publish: bool = False, by: str = "", over: bool = False) -> Plan:
    """Keep these documents as drafts, and publish them where that is wanted: all of them, or none. Doing it again changes nothing."""
    texts = list(texts)
    with transaction.atomic():
        list(JourneyRow.objects.select_for_update().filter(key__in=list(_by_key(texts))).order_by("key"))
        found = plan(texts, over=over)
        if not found.can_be_applied:
            raise WrongDocuments(said=_obstacles(found))
        for key, text in _by_key(texts).items():
            state = next(change.state for change in found.changes if change.key == key)
            if state in ("new", "changed"):
                row = keep_draft(bare(text), at=at)
                JourneyRow.objects.filter(pk=row.pk).update(origin=_applied(row.origin, base_of(text), mark(text)))
            if publish:
                from .publish import publish as make_live

                make_live(key, at=at, by=by)
    return found


def export(keys: Iterable[str] = (), *, drafts: bool = False) -> dict[str, str]:
    """The documents of these journeys (all without any), each with the line that says what it is based on.

    Args:
        drafts: the drafts as they stand, rather than what is live.
    """
    wanted = list(keys)
    rows = JourneyRow.objects.select_related("live").order_by("key")
    found = {row.key: row for row in (rows.filter(key__in=wanted) if wanted else rows)}
    for key in wanted:
        if key not in found:
            raise NoSuchJourney(key=key)
    texts = {key: bare(row.draft if drafts or row.live is None else row.live.text) for key, row in found.items()}
    return {key: based(text, mark(text)) for key, text in texts.items()}


def mark(text: str) -> str:
    """By what a text is known again, short enough to be read aloud."""
    return digest(bare(text))[:SHORT]


def _by_key(texts: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        document = loaded(text)
        key = str(document.get("journey", "")) if isinstance(document, Mapping) else ""
        if not key:
            raise BadJourney(place="journey", fault="is missing", expected="the journey's key, in the first line")
        if key in found:
            raise WrongDocuments(said=f"two documents are called “{key}”")
        found[key] = text
    return found


def _change(
    key: str, text: str, row: JourneyRow | None, latest: Mapping[int, Version], runs: Mapping[str, int], over: bool
) -> Change:  # fmt: skip
    document = loaded(text)
    name = str(document.get("name", key))
    if row is None:
        return Change(key, name, "new", differences=tuple(differences(drawn({}), drawn(document))))
    version = row.live or latest.get(row.pk)
    live = row.live.number if row.live else None
    if bare(text) == bare(row.draft):
        state: State = "same" if row.live and bare(row.live.text) == bare(text) else "kept"
        return Change(key, name, state, runs=runs, live=live)
    changed = tuple(differences(drawn(loaded(row.draft)), drawn(document)))
    if over or base_of(text) == mark(row.draft) or _follows(row, base_of(text)):
        return Change(key, name, "changed", differences=changed, runs=runs, live=live)
    return Change(key, name, "conflict", _moved_on(base_of(text), row, version), changed, runs, live)


def _applied(origin: str, base: str, now: str) -> str:
    """Where a journey comes from, with what was applied last and what that was based on."""
    return " ".join([*_APPLIED.sub("", origin).split(), f"applied:{base}:{now}"])


def _follows(row: JourneyRow, base: str) -> bool:
    """Whether nobody but `apply` has changed the draft since a document with this base was applied."""
    found = _APPLIED.search(row.origin)
    return found is not None and (found[1], found[2]) == (base, mark(row.draft))


def _moved_on(base: str, row: JourneyRow, version: Version | None) -> str:
    """Why a document cannot take the place of what is here."""
    if not base:
        return "it does not say what it is based on (base: …), and there is such a journey already. Export it first, and change that."
    if version is not None and base == mark(version.text):
        return f"somebody has kept a draft since version {version.number} that is not published yet. Export it with --drafts first."
    return "what it is based on has moved on. Export it again, and change that."


def _obstacles(found: Plan) -> str:
    said = [f"{change.key}: {change.why}" for change in found.changes if change.state == "conflict"]
    for key, findings in found.findings.items():
        said += [f"{key}, line {one.line}: {one.place} {one.said}" for one in findings if one.level == "error"]
    return "; ".join(said)
