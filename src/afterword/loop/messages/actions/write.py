"""Write messages: keep drafts, publish revisions, take older ones up again, go back to what ships; blocks, and how a store writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from ..models import Block, Manner, Message, Revision
from ..queries.wordings import as_shipped, blank, with_blocks
from ..rules.shipped import MESSAGES
from ..rules.wording import PAPERS, NotAWording, Wording, document, of_document
from ..rules.written import proved
from ..types import BadKey, CategoryStays, DraftMovedOn, MessageKeyTaken, StillSent

_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")


def begin_message(key: str, name: str, category: str, locale: str, *, at: datetime, by: str = "", base: Wording | None = None) -> Wording:
    """A new message of the shop's own, as a draft; like another one, if given. Its key must be free."""
    if not _KEY.fullmatch(key):
        raise BadKey(key=key[:80])
    if key in MESSAGES or Message.objects.filter(key=key).exists():
        raise MessageKeyTaken(key=key)
    like = {**document(base), "key": key, "name": name, "category": category, "ground": ""} if base else None
    wording = of_document(like) if like else blank(key, name, category, locale)
    Message.objects.create(
        key=key, name=wording.name, category=wording.category, draft=document(wording), created_at=at, changed_at=at, changed_by=by
    )  # fmt: skip
    return wording


@transaction.atomic
def save_message(given: Mapping[str, Any], *, base: str, at: datetime, by: str = "") -> Wording:
    """Keep a document as the draft of the message it names, finished or not.

    Args:
        base: the mark of the draft that was changed. Refused when somebody has kept another one since.
    """
    wording = of_document(given)
    row = _locked(wording.key)
    before = of_document(row.draft) if row else as_shipped(wording.key)
    if base != before.mark and wording != before:
        raise DraftMovedOn(who=(row.changed_by if row else "") or "the team")
    kept = {"name": wording.name, "category": wording.category, "draft": document(wording), "changed_at": at, "changed_by": by}
    if row is None:
        Message.objects.create(key=wording.key, created_at=at, **kept)
    elif wording != before:
        Message.objects.filter(pk=row.pk).update(**kept)
    return wording


@transaction.atomic
def publish_message(key: str, *, base: str, at: datetime, by: str = "") -> Wording:
    """What the draft says is sent from now on, as a revision with the blocks it includes. Publishing the same again changes nothing.

    The draft must compile in all its languages; what else is wrong with it is lint's to say, and the caller's to heed.
    """
    row = _locked(key)
    if row is None:
        return as_shipped(key)
    wording = of_document(row.draft)
    if base != wording.mark:
        raise DraftMovedOn(who=row.changed_by or "the team")
    if row.live and row.live.document["category"] != wording.category:
        raise CategoryStays(name=row.name, category=row.live.document["category"])
    if wording.ships and wording == as_shipped(key):
        as_it_ships(key, at=at, by=by)
        return wording
    whole = with_blocks(wording)
    for locale in whole.languages:
        proved(whole, locale)
    if row.live is None or row.live.mark != whole.mark:
        number = (row.revisions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
        row.live = Revision.objects.create(
            message=row, number=number, document=document(whole), mark=whole.mark, published_at=at, published_by=by
        )  # fmt: skip
        row.save(update_fields=["live"])
    return of_document(row.live.document, row.live.number)


@transaction.atomic
def go_back(key: str, number: int | None, *, at: datetime, by: str = "") -> Wording:
    """An older revision becomes the draft; without a number, what ships does. Nothing is sent differently until it is published."""
    row = _locked(key)
    if row is None:
        return as_shipped(key)
    wording = as_shipped(key) if number is None else of_document(Revision.objects.get(message=row, number=number).document)
    Message.objects.filter(pk=row.pk).update(draft=document(wording), changed_at=at, changed_by=by)
    return wording


@transaction.atomic
def as_it_ships(key: str, *, at: datetime, by: str = "") -> None:
    """From now on this message is sent as it ships. The shop's revisions stay, and can be taken up again."""
    shipped = as_shipped(key)
    Message.objects.filter(key=key).update(live=None, draft=document(shipped), changed_at=at, changed_by=by)


@transaction.atomic
def delete_message(key: str, *, used_by: tuple[str, ...]) -> None:
    """A message of the shop's own that was never published goes; one that was only stops to be offered, as its revisions were sent."""
    row = _locked(key)
    if row is None:
        return
    if used_by:
        raise StillSent(who=", ".join(used_by))
    if row.revisions.exists():
        Message.objects.filter(pk=row.pk).update(live=None)
    else:
        row.delete()


def _locked(key: str) -> Message | None:
    return Message.objects.select_for_update(of=("self",)).filter(key=key).select_related("live").first()


def save_block(key: str, name: str, source: str, *, at: datetime, by: str = "") -> Block:
    """Keep a block of the shop's own. What was published with an older one keeps that one until it is published again."""
    if not _KEY.fullmatch(key):
        raise BadKey(key=key[:80])
    row, _ = Block.objects.update_or_create(
        key=key, defaults={"name": name[:200] or key, "source": source.replace("\r\n", "\n")[:200_000], "changed_at": at, "changed_by": by}
    )
    return row


def delete_block(key: str) -> None:
    """The block goes; published messages keep the one they have."""
    Block.objects.filter(key=key).delete()


def save_manners(
    store: str, *, avoided: list[str], preferred: Mapping[str, str], marks: Mapping[str, str], keep_days: Mapping[str, int],
    paper: str = "off",
) -> None:  # fmt: skip
    """How a store writes: words to avoid and to prefer, marks of links, days that bodies are kept, the paper with confirmations."""
    if paper not in PAPERS:
        raise NotAWording(place="paper", fault=f"is one of {', '.join(PAPERS)}")
    given = {"avoided": avoided, "preferred": dict(preferred), "marks": dict(marks), "keep_days": dict(keep_days), "paper": paper}
    Manner.objects.update_or_create(store=store, defaults=given)
