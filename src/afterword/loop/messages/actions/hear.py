"""What customers do with a message: they open it, follow a link, want no more of it. Told once per message, link and kind of visitor.

Who asks is judged first (`rules.scanners`): what a machine did is told as such, and counts for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

from afterword.kit import sql
from afterword.loop.events.types import Told
from afterword.loop.identity import door as identity

from ..rules.scanners import BURST_S, Verdict, judge
from ..types import about

MESSAGE = """
select id, customer_id, store, message, channel, category, origin, run, step, sent_at from message_intent where id = %s
"""
OTHERS = """
select count(distinct properties ->> 'url') from (
    select properties from event_inbox where message_id = %(id)s and name = 'message.clicked' and received_at > %(since)s
    union all
    select properties from event
    where customer_id = %(customer)s and known_at > %(since)s and message_id = %(id)s and name = 'message.clicked'
) clicked where properties ->> 'url' <> %(url)s
"""


def provenance(message_id: UUID) -> dict[str, Any] | None:
    """Where a message came from, as its events say it (message, journey, run, step …); None for one we do not know."""
    found = sql.records(MESSAGE, [message_id])
    return about(found[0]) if found else None


def hear_click(message_id: UUID, url: str, method: str, headers: Mapping[str, str], now: datetime) -> Verdict | None:
    """A link of a message was followed. None where the message is not known here."""
    found = sql.records(MESSAGE, [message_id])
    if not found:
        return None
    row = found[0]
    burst = {"id": message_id, "customer": row["customer_id"], "since": now - timedelta(seconds=BURST_S), "url": url}
    others = int(sql.value(OTHERS, burst) or 0)
    verdict = judge("click", method, headers, seconds_since_sent=_since(row, now), other_links_within_burst=others)
    mark = sha256(url.encode()).hexdigest()[:16]
    _tell(row, "message.clicked", f"{mark}:{verdict.person}", now, {"url": url, "by_machine": not verdict.person})
    return verdict


def hear_open(message_id: UUID, method: str, headers: Mapping[str, str], now: datetime) -> Verdict | None:
    """The picture of a message was fetched. None where the message is not known here."""
    found = sql.records(MESSAGE, [message_id])
    if not found:
        return None
    verdict = judge("open", method, headers, seconds_since_sent=_since(found[0], now))
    _tell(found[0], "message.opened", str(verdict.person), now, {"by_machine": not verdict.person})
    return verdict


def hear_unsubscribe(message_id: UUID, purpose: Literal["service", "marketing", "all"], now: datetime) -> None:
    """The customer wants no more, by means of this message. What they want is told by consent; this says which message it was."""
    for row in sql.records(MESSAGE, [message_id]):
        _tell(row, "message.unsubscribed", purpose, now, {"purpose": "" if purpose == "all" else purpose})


def _since(row: dict[str, Any], now: datetime) -> float | None:
    sent: datetime | None = row["sent_at"]
    return (now - sent).total_seconds() if sent is not None else None


def _tell(row: dict[str, Any], name: str, mark: str, now: datetime, more: dict[str, Any]) -> None:
    told = Told(
        name, now, "afterword", f"{row['id']}:{name}:{mark}", store=row["store"], customer_id=row["customer_id"], message_id=row["id"],
        properties={**about(row), **more},
    )  # fmt: skip
    identity.record([told], received_at=now)
