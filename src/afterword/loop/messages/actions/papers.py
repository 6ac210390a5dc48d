"""The shop's own invoices: wanted when a letter that carries one is due, fetched beside the worker's loop, or uploaded by the shop.

A letter waits for its invoice no longer than `PATIENCE`; then it goes with a summary instead, and its delivery says so.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urljoin
from uuid import UUID

from django.db import Error, connection

from afterword.kernel.errors import Failed, Refused
from afterword.kit import clock, sql
from afterword.kit.http import Line, Reply
from afterword.loop.channels.door import Outcome
from afterword.loop.events import door as events

from ..queries.papers import Place, named_papers, places, wish
from ..queries.wordings import Manners, all_manners, live
from ..types import NotAPaper, PaperTooLarge

log = logging.getLogger("afterword.papers")
PATIENCE = timedelta(seconds=60)  # that a letter waits for the shop's own invoice
LOOK_AGAIN = timedelta(seconds=2)
TRIES = (3, 10, 25)  # seconds after which it is asked for again
FRESH = timedelta(hours=1)  # after which what failed once is asked for again, by the next letter that wants it
KEPT_FOR = timedelta(days=30)
LARGEST, AT_A_TIME = 5_000_000, 40_000_000  # bytes: of one, and of all that the letters of a batch carry
HOPS, AT_ONCE, CONNECT, WITHIN = 3, 4, 6.0, 15.0
WORD = "awaits_paper"
MOVED, GONE = (301, 302, 303, 307, 308), (400, 401, 403, 404, 410)
WANT = """
insert into message_paper (order_id, kind, refund_id, store, address, state, asked_at, next_at)
select o, k, r, s, a, 'wanted', %(now)s, %(now)s
from unnest(%(orders)s::uuid[], %(kinds)s::text[], %(refunds)s::uuid[], %(stores)s::text[], %(addresses)s::text[]) as g (o, k, r, s, a)
on conflict (order_id, kind, refund_id) do update set address = excluded.address, state = 'wanted', attempts = 0, said = '', content = null,
    asked_at = excluded.asked_at, next_at = excluded.next_at, kept_at = null
where message_paper.address <> '' and (message_paper.address <> excluded.address
       or (message_paper.state = 'failed' and message_paper.asked_at < %(stale)s))
"""
KEPT = "select order_id, kind, refund_id, state, asked_at, coalesce(octet_length(content), 0) from message_paper where order_id = any(%s)"
LEASED = """
update message_paper p set next_at = %(lease)s, attempts = attempts + 1
where (p.order_id, p.kind, p.refund_id) in (
    select order_id, kind, refund_id from message_paper where state = 'wanted' and next_at <= %(now)s
    order by next_at limit %(most)s for update skip locked)
returning p.order_id, p.kind, p.refund_id, p.address, p.attempts
"""
FETCHED = """
update message_paper set state = 'there', content = %(content)s, said = '', next_at = null, kept_at = %(now)s
where order_id = %(order)s and kind = %(kind)s and refund_id = %(refund)s and address = %(address)s
"""
FAILED = """
update message_paper set said = %(said)s, next_at = %(again)s,
       state = case when %(again)s::timestamptz is null then 'failed' else 'wanted' end,
       kept_at = case when %(again)s::timestamptz is null then %(now)s::timestamptz end
where order_id = %(order)s and kind = %(kind)s and refund_id = %(refund)s and address = %(address)s
"""
# A credit note that is uploaded is that of the refund that was told last, be it sealed yet or not.
UPLOADED = """
insert into message_paper (order_id, kind, refund_id, store, address, state, content, asked_at, kept_at)
values (%(order)s, %(kind)s, coalesce((
    select id from (select id, known_at from event where order_id = %(order)s and name = 'order.refunded'
                    union all select id, 'infinity' from event_inbox where order_id = %(order)s and name = 'order.refunded') told
    where %(kind)s = 'credit' order by known_at desc, id desc limit 1), '00000000-0000-0000-0000-000000000000'),
    %(store)s, '', 'there', %(content)s, %(now)s, %(now)s)
on conflict (order_id, kind, refund_id) do update set address = '', state = 'there', content = excluded.content, said = '', next_at = null,
    asked_at = excluded.asked_at, kept_at = excluded.kept_at
"""
wanted = threading.Event()  # set when a letter has asked for a paper, so that the fetching thread of this process looks at once


def awaited(due: Iterable[dict[str, Any]]) -> dict[UUID, Outcome]:
    """The letters of a batch that wait a little: for the shop's own invoice, which is asked for hereby, or because others carry as much
    as is held at a time already. No try of theirs is counted."""
    rows = places(_carriers(due))
    if not rows:
        return {}
    wishes, now = {place for those in rows.values() for place in those}, clock.real_now()
    orders = [order for order, _, _ in wishes]
    named = named_papers(orders)
    if asking := {place: named[place] for place in wishes if place in named}:
        _want(asking, now)
        wanted.set()
    kept = {(order, kind, refund): facts for order, kind, refund, *facts in sql.rows(KEPT, [orders])}
    waiting, room = dict[UUID, Outcome](), AT_A_TIME
    for id, those in rows.items():
        state, asked, size = next((kept[place] for place in those if place in kept), ("", now, 0))
        if state == "wanted" and now < asked + PATIENCE:
            said = "waits for the shop's own invoice"
            waiting[id] = Outcome(id, "deferred", WORD, said=said, again_at=clock.now() + LOOK_AGAIN)
        elif size > room:
            waiting[id] = Outcome(id, "deferred", WORD, said="goes with the next batch", again_at=clock.now())
        else:
            room -= size
    return waiting


def _carriers(due: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The letters that wish for the shop's own invoice."""
    mails = [row for row in due if row["channel"] == "email" and row["order_id"]]
    if not mails:
        return []
    wordings, manners = live(row["message"] for row in mails), all_manners()
    return [
        row for row in mails if wish(row["message"], wordings.get(row["message"]), manners.get(row["store"], Manners())) == "invoice"
    ]  # fmt: skip


def _want(named: dict[Place, tuple[str, str]], now: datetime) -> None:
    asked = list(named)
    sql.run(WANT, {
        "now": now, "stale": now - FRESH, "orders": [order for order, _, _ in asked], "kinds": [kind for _, kind, _ in asked],
        "refunds": [refund for _, _, refund in asked], "stores": [named[place][0] for place in asked],
        "addresses": [named[place][1] for place in asked],
    })  # fmt: skip


def fetch_papers(*, inside: bool = False) -> int:
    """Fetch the papers that are wanted and due, some at once; how many were tried.

    Args:
        inside: whether addresses of our own network may be called.
    """
    now = clock.real_now()
    taken = sql.rows(LEASED, {"now": now, "lease": now + timedelta(seconds=2 * WITHIN + HOPS * CONNECT), "most": AT_ONCE})
    if not taken:
        return 0
    with ThreadPoolExecutor(AT_ONCE, "paper") as pool:
        for (order, kind, refund, address, attempts), came in zip(
            taken, pool.map(lambda one: _brought(one[3], inside), taken), strict=True
        ):
            place = {"order": order, "kind": kind, "refund": refund, "address": address, "now": clock.real_now()}
            if isinstance(came, bytes):
                sql.run(FETCHED, {**place, "content": came})
            else:
                said, again = came
                later = clock.real_now() + timedelta(seconds=TRIES[attempts - 1]) if again and attempts <= len(TRIES) else None
                sql.run(FAILED, {**place, "said": said[:300], "again": later})
    return len(taken)


def _brought(address: str, inside: bool) -> bytes | tuple[str, bool]:
    """A PDF; or what is wrong, and whether it is of use to ask again."""
    try:
        return brought(address, inside=inside)
    except Refused as refusal:
        return str(refusal), False
    except Failed as fault:
        return str(fault), not fault.permanent


class CannotBeHad(Failed):
    """{where} answered {status}."""


def brought(address: str, *, inside: bool = False) -> bytes:
    """The PDF at this address, of at most `LARGEST` bytes. Redirects are followed, each asked as carefully as the first.

    Raises CannotBeHad, NotAPaper, PaperTooLarge, and what the line raises (Lost, Inside, NoAddress).
    """
    reply = _asked(address, inside)
    for _ in range(HOPS):
        if reply.status not in MOVED:
            break
        further = _further(address, reply.headers.get("location", ""))
        if address.startswith("https:") and not further.startswith("https:"):
            raise NotAPaper(what="it leads from a sealed address to an open one")
        address, reply = further, _asked(further, inside)
    if reply.status != 200:
        raise CannotBeHad(where="its address", status=reply.status, permanent=reply.status in GONE or reply.status < 400)
    return proved(reply.body)


def _further(address: str, location: str) -> str:
    """Where a redirect leads. Raises NotAPaper where that is no address."""
    try:
        return urljoin(address, location)
    except ValueError as fault:
        raise NotAPaper(what="it leads to what is no address") from fault


def _asked(address: str, inside: bool) -> Reply:
    line = Line(inside=inside, patience=CONNECT, most=LARGEST + 1, within=WITHIN)
    try:
        reply = line.ask("GET", address, {"accept": "application/pdf"}, b"")
    finally:
        line.close()
    assert reply is not None  # only `leaving` can hold a request back
    return reply


def proved(content: bytes) -> bytes:
    """A PDF that may travel with a mail. Raises NotAPaper, PaperTooLarge."""
    if len(content) > LARGEST:
        raise PaperTooLarge(most=LARGEST)
    if b"%PDF-" not in content[:1024]:
        raise NotAPaper(what="it is no PDF")
    return content


def keep_paper(store: str, reference: str, content: bytes, *, kind: Literal["invoice", "credit"]) -> None:
    """The shop's own paper of an order, uploaded: mails that carry it and have not left yet take it. A credit note is that of the refund
    that was told last; before any was, it is the first one's. Raises NotAPaper, PaperTooLarge."""
    sql.run(UPLOADED, {
        "order": events.order_id(store, reference), "kind": kind, "store": store, "content": proved(content), "now": clock.real_now(),
    })  # fmt: skip


def end_papers() -> int:
    """Forget papers that travelled long ago; how many. The mail that carried one keeps it as long as such mails are kept."""
    return sql.run("delete from message_paper where kept_at < %s", [clock.real_now() - KEPT_FOR])


IDLE = 15.0  # seconds between two looks where nobody rang


class Fetching:
    """Fetches what is wanted on a thread of its own, so that a slow server keeps nobody's letters waiting but those that want it."""

    def __init__(self, *, inside: bool = False) -> None:
        self.inside, self._ending = inside, threading.Event()
        self._thread = threading.Thread(target=self._run, name="papers", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is being fetched."""
        self._ending.set()
        wanted.set()
        self._thread.join(WITHIN)

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                busy = fetch_papers(inside=self.inside)
            except Error as fault:
                log.warning("papers cannot be fetched: %s", str(fault).split("\n")[0])
                connection.close()
                busy = 0
            if not busy:
                connection.close()  # nothing is wanted for hours: a process of the database less
                wanted.wait(IDLE)
                wanted.clear()
        connection.close()
