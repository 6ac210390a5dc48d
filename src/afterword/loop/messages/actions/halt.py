"""Journeys and campaigns that stop by themselves: what is not about an order waits until a person has looked; the team is told."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from afterword.kernel.errors import AfterwordError
from afterword.kit import sql
from afterword.loop.accounts import door as accounts

from ..queries.origins import origin_of
from ..rules import halts
from .team import write_to_team

SINCE = timedelta(days=7)
HALTED = "stopped by itself"
# Counted anew from where somebody has looked and let it go on.
COUNTED = """
select properties ->> 'journey' as origin, count(*) filter (where name = 'message.sent') as sent,
       count(distinct message_id) filter (where name = 'message.complained') as complained,
       count(distinct message_id) filter (where name = 'message.bounced' and (properties ->> 'permanent')::boolean) as bounced
from event e
where known_at > %(since)s and name in ('message.sent', 'message.complained', 'message.bounced')
  and properties ->> 'category' <> 'transactional' and coalesce((properties ->> 'rehearsal')::boolean, false) is not true
  and known_at > coalesce((select max(lifted_at) from message_halt h where h.origin = e.properties ->> 'journey'), '-infinity')
group by 1
"""
HALT = """
insert into message_halt (origin, since, why, part, sent) values (%s, %s, %s, %s, %s) on conflict do nothing
"""
UNTOLD = "select origin, since, why, part, sent from message_halt where told_at is null and lifted_at is null"


def watch(now: datetime) -> int:
    """Stop whatever complains or comes back too much; how many were stopped. Their team is told, again until a mail server takes it."""
    found = 0
    for origin, sent, complained, bounced in sql.rows(COUNTED, {"since": now - SINCE}):
        if why := halts.halted(sent, complained, bounced):
            found += sql.run(HALT, [origin, now, why, complained if why == "complaints" else bounced, sent])
    for origin, since, why, part, sent in sql.rows(UNTOLD):
        if _told(origin, why, part, sent):
            sql.run("update message_halt set told_at = %s where origin = %s and since = %s", [now, origin, since])
    return found


def lift_halt(origin: str, *, at: datetime, by: str) -> bool:
    """Somebody has looked: let it send again, what waited at once; says whether it was stopped."""
    if not sql.run("update message_halt set lifted_at = %s, lifted_by = %s where origin = %s and lifted_at is null", [at, by, origin]):
        return False
    sql.run(
        "update message_delivery d set next_at = %s from message_intent m where m.id = d.intent_id and m.origin = %s "
        "and d.state = 'deferred' and d.next_at > %s and d.response like %s",
        [at, origin, at, f"{HALTED}%"],
    )
    return True


def _told(origin: str, why: str, part: int, sent: int) -> bool:
    told, about_it = False, origin_of(origin)
    for member in accounts.members():
        if not member.is_active or not accounts.may(member, "resume_sending"):
            continue
        with translation.override(member.language):
            about = {"journey": about_it.name, "part": f"{part:,}", "sent": f"{sent:,}"}
            reason = (
                _("%(part)s of its last %(sent)s messages were called spam.") if why == "complaints"
                else _("%(part)s of its last %(sent)s messages came back.")
            ) % about  # fmt: skip
            try:
                outcome = write_to_team(
                    member.email, member.name, language=member.language, link=f"{settings.PUBLIC_URL}/settings/sending/",
                    subject=_("“%(journey)s” has stopped sending") % about, before=reason, press=_("Have a look"),
                    after=_("What is about an order still goes. The rest waits until one of you lets it go on."),
                )  # fmt: skip
            except AfterwordError:
                continue
            told = told or outcome.result == "accepted"
    return told
