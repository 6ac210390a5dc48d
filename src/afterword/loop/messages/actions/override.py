"""Send it anyway: a person of the team takes a message past quiet hours, caps and arbitration, and says why."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterword.kernel.errors import Refused
from afterword.kit import sql
from afterword.loop.accounts import door as accounts

MAY_GIVE_WAY = ("quiet", "caps", "arbitration")
AGAIN = """
update message_intent set override_reason = %(reason)s, state = 'planned', ask_at = %(now)s
where id = %(id)s and state in ('held', 'dropped') and checks ->> 'guard' = any(%(guards)s) and useful_until >= %(now)s
"""


class CannotBeSent(Refused):
    """This message cannot be sent anyway: only what waits for quiet hours, a cap or another message, and is still of use."""


class NoReason(Refused):
    """Say why, in a few words: it is kept with the message."""


@transaction.atomic
def send_anyway(id: UUID, *, by: accounts.Member | None, reason: str, now: datetime) -> None:
    """Have the guard asked again at once; consent, suppression, the order's state and age still count. Audited."""
    store = sql.value("select store from message_intent where id = %s", [id])
    if store is None:
        raise CannotBeSent
    if by is not None:
        accounts.need(by, "send_anyway", store)
    said = reason.strip()[:1000]
    if not said:
        raise NoReason
    if sql.run(AGAIN, {"id": id, "reason": said, "now": now, "guards": list(MAY_GIVE_WAY)}) != 1:
        raise CannotBeSent
    accounts.audit(by, "message sent anyway", str(id), reason=said)
