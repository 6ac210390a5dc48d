"""Reads of what the shop writes: which messages there are, what each says now, its revisions, its draft, how the shop writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from ..models import Block, Manner, Message, Revision
from ..rules.shipped import MESSAGES, Shipped, UnknownMessage, message_name
from ..rules.wording import EVERY, Wording, of_document, written_down
from ..types import NeverPublished, NoSuchRevision


@dataclass(frozen=True)
class Draft:
    """A message as it is being written: the wording, by what it is known again, and what is sent meanwhile."""

    wording: Wording
    mark: str
    live: Wording | None
    changed_at: datetime | None = None
    changed_by: str = ""

    @property
    def differs(self) -> bool:
        """Whether something is written that is not sent."""
        return self.changed_at is not None and (self.live is None or _bare(self.live) != _bare(self.wording))


@dataclass(frozen=True)
class Manners:
    """How a store wishes to write."""

    avoided: tuple[str, ...] = ()
    preferred: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    keep_days: Mapping[str, int] = field(default_factory=dict)
    paper: str = "off"


def _bare(wording: Wording) -> str:
    from dataclasses import replace

    return written_down(replace(wording, blocks={}))


def as_shipped(key: str) -> Wording:
    """A message that ships, as a wording that says nothing of its own."""
    found = MESSAGES.get(key)
    if found is None:
        raise UnknownMessage(key=key)
    return of_document({"key": key, "name": "", "category": found.category, "variants": {EVERY: {}}})


def kinds() -> dict[str, Shipped]:
    """Every message that can be sent, by key: those that ship, and the shop's own that were published. One statement."""
    own = Message.objects.filter(live__isnull=False).exclude(key__in=MESSAGES).select_related("live")
    return {**MESSAGES, **{row.key: _read(row.live).kind for row in own if row.live}}


def kind(key: str) -> Shipped:
    """The message of this key. Raises UnknownMessage, or NeverPublished for one that is only a draft."""
    if key in MESSAGES:
        return MESSAGES[key]
    row = Message.objects.filter(key=key).select_related("live").first()
    if row is None:
        raise UnknownMessage(key=key)
    if row.live is None:
        raise NeverPublished(name=row.name)
    return _read(row.live).kind


def names() -> dict[str, str]:
    """What the shop calls its messages, by key."""
    return dict(Message.objects.exclude(name="").values_list("key", "name"))


def called(keys: Iterable[str]) -> dict[str, str]:
    """What each message is called among people: by the shop where it has a name of its own. One statement."""
    own = names()
    return {key: named if (named := own.get(key)) and named != key else message_name(key) for key in keys}


def live(keys: Iterable[str]) -> dict[str, Wording]:
    """What is sent for these messages; those that are as they ship are left out. One statement."""
    rows = Message.objects.filter(key__in=set(keys), live__isnull=False).select_related("live")
    return {row.key: _read(row.live) for row in rows if row.live}


def _read(revision: Revision) -> Wording:
    return _kept(revision.pk, revision.number, _Document(revision.document))


class _Document:
    """A document that rides along with a key that stands for it: revisions never change."""

    def __init__(self, given: Any) -> None:
        self.given = given

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Document) and self.given == other.given

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=512)
def _kept(_id: int, number: int, document: _Document) -> Wording:
    return of_document(document.given, number)


def draft(key: str) -> Draft:
    """The draft of a message; of one that ships and was never touched, what ships. Raises UnknownMessage."""
    row = Message.objects.filter(key=key).select_related("live").first()
    if row is None:
        wording = as_shipped(key)
        return Draft(wording, wording.mark, None)
    wording = of_document(row.draft)
    return Draft(wording, wording.mark, _read(row.live) if row.live else None, row.changed_at, row.changed_by)


def drafts() -> dict[str, Draft]:
    """All messages that the shop has written, or has begun to write. One statement."""
    found = {}
    for row in Message.objects.select_related("live"):
        wording = of_document(row.draft)
        found[row.key] = Draft(wording, wording.mark, _read(row.live) if row.live else None, row.changed_at, row.changed_by)
    return found


def revisions(key: str) -> list[Revision]:
    """What a message said over time, the latest first."""
    return list(Revision.objects.filter(message__key=key).order_by("-number"))


def revision(key: str, number: int) -> Wording:
    """What a message said in this revision. Raises NoSuchRevision."""
    row = Revision.objects.filter(message__key=key, number=number).first()
    if row is None:
        raise NoSuchRevision(number=number, key=key)
    return _read(row)


def blocks() -> dict[str, Block]:
    """The shop's own blocks, by key."""
    return {row.key: row for row in Block.objects.all()}


def manners(store: str) -> Manners:
    """How a store wishes to write; the first store's wishes hold where another has none."""
    rows = {row.store: row for row in Manner.objects.all()}
    row = rows.get(store)
    if row is None:
        return Manners()
    return _manners(row)


def _manners(row: Manner) -> Manners:
    return Manners(tuple(row.avoided), dict(row.preferred), dict(row.marks), {k: int(v) for k, v in row.keep_days.items()}, row.paper)


def all_manners() -> dict[str, Manners]:
    """The wishes of all stores, by key. One statement."""
    return {row.store: _manners(row) for row in Manner.objects.all()}


def with_blocks(wording: Wording) -> Wording:
    """A draft with the blocks it would be published with: those of the shop that it includes, directly or through another."""
    from dataclasses import replace

    from ..rules.written import included

    there = {key: block.source for key, block in blocks().items()}
    used = included(wording, there)
    return replace(wording, blocks={key: there[key] for key in sorted(used) if key in there})


def blank(key: str, name: str, category: str, locale: str) -> Wording:
    """A new message, in one language."""
    return of_document({"key": key, "name": name, "category": category, "variants": {locale: {"body": BEGUN}}, "ground": ""})


BEGUN = """<mj-section css-class="pad"><mj-column>
  <mj-text padding="0 0 12px">{{ 'greeting' | voiced }}</mj-text>
  <mj-text padding="0 0 16px"><h1></h1></mj-text>
  <mj-text padding="0 0 28px"></mj-text>
</mj-column></mj-section>
<mj-include path="ask"/>
"""
