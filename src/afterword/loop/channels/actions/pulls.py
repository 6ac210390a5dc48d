"""Mail is read from mailboxes, each of it once: that a mail was taken in is written in the transaction that takes it in.

A process that is killed in between has kept it, or has not; what it kept and had not marked in the mailbox is marked by the next one.
Where the server has numbered its mails anew (UIDVALIDITY), those of the last days are read again and known by their marks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import DataError, Error, transaction

from afterword.kit import sql

from ..email_imap.pull import IMAP, LARGEST, Box
from ..email_imap.receipts import brought_to
from ..queries import inbound
from ..types import NoSuchProvider, OpenWay

log = logging.getLogger("afterword.mailboxes")
TakeIn = Callable[[bytes, tuple[str, ...]], object]  # a mail as it travelled, and whom it was brought to
KEPT_FOR, LOOK_BACK = timedelta(days=60), timedelta(days=14)
STATE = "select validity, last_uid, looked_at from channel_pull where key = %s"
MARK = """
insert into channel_pulled (key, mark, validity, uid, taken_at, settled) values (%(key)s, %(mark)s, %(validity)s, %(uid)s, %(now)s, false)
on conflict (key, mark) do update set validity = excluded.validity, uid = excluded.uid, settled = false
returning (xmax = 0)
"""
READ = """
insert into channel_pull (key, validity, last_uid, looked_at) values (%(key)s, %(validity)s, %(uid)s, %(now)s)
on conflict (key) do update set validity = excluded.validity, looked_at = excluded.looked_at,
    last_uid = case when channel_pull.validity = excluded.validity then greatest(channel_pull.last_uid, excluded.last_uid)
                    else excluded.last_uid end
"""
OPEN = "select uid from channel_pulled where key = %s and validity = %s and not settled order by uid limit 500"
SETTLED = "update channel_pulled set settled = true where key = %s and validity = %s and uid = any(%s)"
FORGET = "delete from channel_pulled where settled and taken_at < %s"


def pull(way: OpenWay, box: Box, take_in: TakeIn, now: datetime) -> int:
    """Take in what is new in a mailbox; how many mails. Raises MailboxAway, and what the database raises.

    The first time it is what nobody has looked at. What cannot be taken in at all is logged, left unseen, and not tried again.
    """
    validity, last, looked = next(iter(sql.rows(STATE, [way.key])), (None, 0, None))
    if validity == box.validity:
        uids = box.after(last)
    elif looked is None:
        uids = box.unseen()
    else:
        uids = box.since((looked - LOOK_BACK).date())
    count = 0
    for uid in uids:
        count += _one(way, box, uid, take_in, now, walking=validity == box.validity)
    top = max([last, *uids]) if validity == box.validity else box.highest  # what came since it was opened is asked for the next time
    sql.run(READ, {"key": way.key, "validity": box.validity, "uid": top, "now": now})
    settle(way, box)
    return count


def _one(way: OpenWay, box: Box, uid: int, take_in: TakeIn, now: datetime, *, walking: bool) -> int:
    raw = box.mail(uid)
    if raw is None:
        log.warning("%s: mail %d is gone, or larger than %d bytes; it is left where it is", way.key, uid, LARGEST)
        return 0
    given = {"key": way.key, "mark": sha256(raw).digest(), "validity": box.validity, "uid": uid, "now": now}
    try:
        with transaction.atomic():
            fresh = bool(sql.value(MARK, given))
            if fresh:
                take_in(raw, brought_to(raw))
            if walking:
                sql.run(READ, given)
    except Exception as fault:
        if isinstance(fault, Error) and not isinstance(fault, DataError):
            raise  # the database's fault, not the mail's
        log.exception("%s: mail %d cannot be understood; it is left unseen", way.key, uid)
        return 0
    return int(fresh)


def settle(way: OpenWay, box: Box) -> None:
    """Mark in the mailbox what was taken in, also by one who died before it could."""
    while uids := [uid for (uid,) in sql.rows(OPEN, [way.key, box.validity])]:
        box.settle(uids)
        sql.run(SETTLED, [way.key, box.validity, uids])


def try_mailbox(key: str) -> tuple[int, int, bool]:
    """Sign in and look, and change nothing: how many mails there are, how many unseen, whether it says by itself that something came.

    Raises NoSuchProvider, NotEncrypted, MailboxAway.
    """
    way = next((one for one in inbound() if one.key == key and one.provider is IMAP), None)
    if way is None:
        raise NoSuchProvider(key=key)
    box = Box(way.settings, patience=10.0)
    try:
        return box.there, len(box.unseen()), box.idles
    finally:
        box.close()


def forget_pulled(now: datetime) -> int:
    """Forget the marks of what was taken in long ago; how many."""
    return sql.run(FORGET, [now - KEPT_FOR])
