"""What becomes of messages of which nobody knows whether they arrived: by category, and of one message by a person who was asked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterword.kernel.errors import Refused
from afterword.kit import sql
from afterword.loop.accounts import door as accounts

from ..queries.doubts import WAYS, doubts

# What waits for a person keeps what it knows; whoever says “again” lets it go as if nothing of it had left.
AGAIN = """
update message_delivery d set next_at = %(now)s, doubt_until = null, begun_at = null
from message_intent m where m.id = d.intent_id and m.id = %(id)s and d.doubt_until is not null and d.state = 'deferred'
"""
LEFT = """
update message_delivery d set next_at = %(now)s
from message_intent m where m.id = d.intent_id and m.id = %(id)s and d.doubt_until is not null and d.state = 'deferred'
"""


class NotInDoubt(Refused):
    """Nobody has to say anything about this message any more."""


@transaction.atomic
def set_doubts(wanted: dict[str, str], *, by: accounts.Member | None) -> None:
    """By category: `again`, `ask` or `give_up`. Audited; wants the deed `change_settings`."""
    if by is not None:
        accounts.need(by, "change_settings")
    before = doubts()
    after = {category: wanted.get(category, way) for category, way in before.items()}
    if set(after.values()) - set(WAYS):
        raise ValueError(after)
    if after != before:
        for category, way in after.items():
            sql.run("update message_doubt set way = %s where category = %s", [way, category])
        accounts.audit(by, "what is done in doubt changed", before=before, after=after)


@transaction.atomic
def settle_doubt(id: UUID, *, again: bool, by: accounts.Member | None, now: datetime) -> None:
    """Have a message that waits in doubt sent again, with the same Message-ID, or given up. Audited. Raises NotInDoubt."""
    store = sql.value("select store from message_intent where id = %s", [id])
    if by is not None and store is not None:
        accounts.need(by, "send_anyway", store)
    if sql.run(AGAIN if again else LEFT, {"id": id, "now": now}) != 1:
        raise NotInDoubt
    accounts.audit(by, "message in doubt sent again" if again else "message in doubt given up", str(id))
