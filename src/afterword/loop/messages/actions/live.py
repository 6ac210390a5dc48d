"""Going live and back, one journey at a time: a fresh shop rehearses everything, and whoever ends that for a journey answers for it."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from django.db import transaction

from afterword.kit import sql
from afterword.loop.accounts import door as accounts

from ..queries.needs import lacking
from ..queries.servers import live_origins
from ..types import Answer, NoAnswer

BEGIN = "insert into message_live (origin, answer, live_at, by) values (%s, %s, %s, %s)"
END = "update message_live set ended_at = %s, ended_by = %s where origin = %s and ended_at is null"
COMMAND_LINE = "command line"


@transaction.atomic
def go_live(origin: str, *, answer: Answer | str, by: accounts.Member | None, at: datetime) -> None:
    """From now on what this journey sends reaches customers. Audited; wants the deed `publish`; `by` None is the command line.

    Args:
        origin: the journey's key.
        answer: whether the shop's platform already sends the same: `does_not`, `switched_off` (it did, and no longer does), or
            `both` (customers shall get both). It is kept. Live already with this answer: nothing changes.

    Raises NoAnswer, NotAllowed; NoServer or NobodyCarries where nobody carries what it sends by.
    """
    if by is not None:
        accounts.need(by, "publish")
    if answer not in get_args(Answer):
        raise NoAnswer
    if short := lacking(origin):
        raise short[0]
    before = live_origins().get(origin)
    if before and before.answer == answer:
        return
    who = by.email if by else COMMAND_LINE
    sql.run(END, [at, who, origin])
    sql.run(BEGIN, [origin, answer, at, who])
    was = {"live": True, "answer": before.answer} if before else {"live": False}
    accounts.audit(by, "journey went live", origin, before=was, after={"live": True, "answer": answer})


@transaction.atomic
def rehearse(origin: str, *, by: accounts.Member | None, at: datetime) -> None:
    """From now on what this journey sends goes to the mailbox here. Audited; wants the deed `publish`. Rehearsing: nothing changes."""
    if by is not None:
        accounts.need(by, "publish")
    before = live_origins().get(origin)
    if sql.run(END, [at, by.email if by else COMMAND_LINE, origin]) and before:
        accounts.audit(by, "journey rehearses", origin, before={"live": True, "answer": before.answer}, after={"live": False})
