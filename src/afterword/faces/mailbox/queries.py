"""Reads of the mailbox: a page of the list, one mail, how many there are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from afterword.kernel.errors import Refused
from afterword.kit import sql

from .rules import unpacked

PAGE = 40
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LARGEST = 2**63 - 1
# Whoever works for some stores reads their mails only: those of messages of ours that went for one of these stores. Letters to
# the team carry links that sign somebody in, so only whoever may change the team reads what is no message of ours.
WITHIN = """(%(team)s or exists (select 1 from message_intent i where (%(stores)s::text[] is null or i.store = any(%(stores)s)) and i.id =
    case when message_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}@' then split_part(message_id, '@', 1)::uuid end))"""


class NoSuchMail(Refused):
    """There is no such mail."""


@dataclass(frozen=True)
class Row:
    """A line of the list."""

    id: int
    shown_at: datetime
    recipient: str
    to_name: str
    subject: str


@dataclass(frozen=True)
class Listed:
    """A page of the list, newest first; `total` of what was searched for; `older`: where the next page begins."""

    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int


def mails(search: str = "", page: int = 1, stores: list[str] | None = None, *, team: bool = True) -> Listed:
    """A page of the list. Every word of `search` must stand in the subject, the recipient's address or name, or the text; or it is the
    whole id of a message.

    Args:
        stores: those within reach (None: all).
        team: whether letters to the team are shown as well.
    """
    where, params = _where(search, stores, team)
    total = int(sql.value(f"select count(*) from mailbox_mail {where}", params) or 0)
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    found = sql.rows(
        f"select id, shown_at, recipient, to_name, subject from mailbox_mail {where} order by shown_at desc, id desc "
        "limit %(limit)s offset %(offset)s",
        {**params, "limit": PAGE, "offset": (page - 1) * PAGE},
    )
    return Listed(tuple(Row(*row) for row in found), total, page, pages)


def _where(search: str, stores: list[str] | None, team: bool) -> tuple[str, dict[str, object]]:
    words = search[:200].split()[:6]
    parts = [WITHIN] + [
        f"(subject ilike %(w{n})s or recipient ilike %(w{n})s or to_name ilike %(w{n})s or said ilike %(w{n})s "
        f"or message_id = %(m{n})s or message_id like %(i{n})s)"
        for n in range(len(words))
    ]
    return "where " + " and ".join(parts), {
        "stores": stores,
        "team": team,
        **{f"w{n}": f"%{_literal(word)}%" for n, word in enumerate(words)},
        **{f"m{n}": word.strip("<>") for n, word in enumerate(words)},
        **{f"i{n}": f"{_literal(word.lower())}@%" if _ID.fullmatch(word.lower()) else None for n, word in enumerate(words)},
    }


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def raw_mail(id: int, stores: list[str] | None = None, *, team: bool = True) -> bytes:
    """One mail as it travelled. Raises NoSuchMail, also for one of another store."""
    within = {"id": min(id, LARGEST), "stores": stores, "team": team}
    found = sql.one(f"select raw from mailbox_mail where id = %(id)s and {WITHIN}", within)
    if found is None:
        raise NoSuchMail
    return unpacked(bytes(found[0]))


def line_of(id: int, stores: list[str] | None = None, *, team: bool = True) -> Row:
    """The line of one mail in the list. Raises NoSuchMail."""
    line = f"select id, shown_at, recipient, to_name, subject from mailbox_mail where id = %(id)s and {WITHIN}"
    found = sql.one(line, {"id": min(id, LARGEST), "stores": stores, "team": team})
    if found is None:
        raise NoSuchMail
    return Row(*found)


def mail_of_message(message_id: str) -> int | None:
    """The mail in which this message arrived, for links from the console."""
    found = sql.one("select id from mailbox_mail where message_id like %s order by id desc limit 1", [f"{message_id}@%"])
    return int(found[0]) if found else None
