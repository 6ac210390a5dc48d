"""What the console itself does: set the pace of a shop that is lived through. Everything else is done by the rooms."""

from __future__ import annotations

from django.db import transaction

from afterword.kit import sql
from afterword.loop.accounts import door as accounts

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
