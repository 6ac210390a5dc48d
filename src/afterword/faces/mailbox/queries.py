"""Reads of the mailbox: a page of the list, one mail, how many there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from afterword.kernel.errors import Refused
from afterword.kit import sql

from .rules import unpacked

PAGE = 40


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


def mails(search: str = "", page: int = 1) -> Listed:
    """A page of the list. `search` is looked for in subject, recipient, name and message id."""
    where, params = _where(search)
    total = int(sql.value(f"select count(*) from mailbox_mail {where}", params) or 0)
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    found = sql.rows(
        f"select id, shown_at, recipient, to_name, subject from mailbox_mail {where} order by shown_at desc, id desc "
        "limit %(limit)s offset %(offset)s",
        {**params, "limit": PAGE, "offset": (page - 1) * PAGE},
    )
    return Listed(tuple(Row(*row) for row in found), total, page, pages)


def _where(search: str) -> tuple[str, dict[str, object]]:
    words = search.split()[:6]
    if not words:
        return "", {}
    parts = [
        f"(subject ilike %(w{n})s or recipient ilike %(w{n})s or to_name ilike %(w{n})s or message_id ilike %(w{n})s)"
        for n in range(len(words))
    ]
    return "where " + " and ".join(parts), {f"w{n}": f"%{_literal(word)}%" for n, word in enumerate(words)}


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def raw_mail(id: int) -> bytes:
    """One mail as it travelled. Raises NoSuchMail."""
    found = sql.one("select raw from mailbox_mail where id = %s", [id])
    if found is None:
        raise NoSuchMail
    return unpacked(bytes(found[0]))


def line_of(id: int) -> Row:
    """The line of one mail in the list. Raises NoSuchMail."""
    found = sql.one("select id, shown_at, recipient, to_name, subject from mailbox_mail where id = %s", [id])
    if found is None:
        raise NoSuchMail
    return Row(*found)


def mail_of_message(message_id: str) -> int | None:
    """The mail in which this message arrived, for links from the console."""
    found = sql.one("select id from mailbox_mail where message_id like %s order by id desc limit 1", [f"{message_id}@%"])
    return int(found[0]) if found else None
