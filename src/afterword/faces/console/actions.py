"""What the console itself does: set the pace of a shop that is lived through, send links to sign in. All else is done by the rooms."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from afterword.kernel.errors import AfterwordError
from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.messages import door as messages

log = logging.getLogger("afterword.sign_in")
INVITATION_LASTS, LINK_LASTS = timedelta(days=7), timedelta(minutes=30)
MOST_ASKED, ASKED_WITHIN = 5, timedelta(hours=1)  # links that one address may be sent

# Shown seconds a real one; 0 is as fast as it goes.
PACES = {"fast": 0.0, "day": 86400.0, "hour": 3600.0}


@transaction.atomic
def pace_replay(what: str, *, by: accounts.Member) -> bool:
    """`pause`, `resume`, or one of PACES; False for anything else. The replay reads this between its steps."""
    accounts.need(by, "change_settings")
    if what in ("pause", "resume"):
        sql.run("update sample_replay set paused = %s", [what == "pause"])
    elif what in PACES:
        sql.run("update sample_replay set speed = %s, paused = false", [PACES[what]])
    else:
        return False
    accounts.audit(by, "replay paced", what)
    return True


# -- links to sign in -----------------------------------------------------------------------------------------------------


def link_for(member: accounts.Member, *, by: accounts.Member, lasts: timedelta = LINK_LASTS) -> str:
    """A new link that signs this member in once, until so much real time has passed."""
    token = accounts.create_sign_in_link(member, by=by, lasts=lasts)
    return settings.PUBLIC_URL.rstrip("/") + reverse("console:redeem", args=[token])


def invite(member: accounts.Member, *, by: accounts.Member) -> tuple[str, bool]:
    """Send a member the link with which they come in: the link, and whether the letter has been taken."""
    link = link_for(member, by=by, lasts=INVITATION_LASTS)
    with translation.override(member.language):
        who, shop = by.name or by.email, _shop()
        words = {
            "subject": _("Your link to %(shop)s") % {"shop": shop},
            "before": _("%(who)s has made a place for you in the team of %(shop)s.") % {"who": who, "shop": shop},
            "press": _("Come in"),
            "after": _("The link works once, within a week. After that, ask for another where you sign in."),
        }
        return link, _sent(member, link, words)


def send_link(email: str) -> None:
    """Send a link to whoever of the team has this address; without a mail server it is printed in the terminal as well.

    The work is done beside the request, so that nobody learns from the time it takes whether there is such an address.
    """
    threading.Thread(target=_send_link, args=(email,), daemon=True, name="sign-in link").start()


def _send_link(email: str) -> None:
    try:
        member = accounts.member_by_email(email)
        link = _link_asked(member) if member else ""
        if member is None or not link:
            return
        if not messages.carries():
            log.info("%s asked for a link to sign in: %s (once, within 30 minutes)", member.email, link)
        with translation.override(member.language):
            words = {
                "subject": _("Your link to sign in"),
                "before": _("Somebody, most likely you, asked for a link to sign in to the console of %(shop)s.") % {"shop": _shop()},
                "press": _("Sign in"),
                "after": _("The link works once, for half an hour. If it was not you, let it be: nothing has changed."),
            }
            _sent(member, link, words)
    finally:
        connection.close()


@transaction.atomic
def _link_asked(member: accounts.Member) -> str:
    """A new link; nothing where this address has been sent enough of them lately."""
    accounts.Member.objects.select_for_update().get(pk=member.pk)
    since = clock.real_now() - ASKED_WITHIN
    return "" if member.signinlink_set.filter(created_at__gt=since).count() >= MOST_ASKED else link_for(member, by=member)


def _sent(member: accounts.Member, link: str, words: dict[str, str]) -> bool:
    try:
        outcome = messages.write_to_team(member.email, member.name, link=link, language=member.language, **words)
    except AfterwordError as refusal:
        log.warning("the link for %s was not sent: %s", member.email, refusal)
        return False
    if outcome.result != "accepted":
        log.warning("the link for %s was not sent: %s", member.email, outcome.said)
    return outcome.result == "accepted"


def _shop() -> str:
    stores = accounts.stores()
    return accounts.installation().company or (stores[0].name if stores else "Afterword")
