"""The questions of the guard in words, as they stood at the moment of a verdict, and the steps of the run that led there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.types import Store
from afterword.loop.channels.types import CHANNELS
from afterword.loop.journeys import door as journeys
from afterword.loop.journeys.door import Passage
from afterword.loop.messages import door as messages

from ..queries import customers as queries
from ..templatetags.console import money

# What is asked of which category of message; the order is the guard's.
ASKED = {
    "transactional": ("state", "channel", "suppression", "age"),
    "service": ("state", "channel", "consent", "suppression", "age", "quiet", "caps"),
    "marketing": ("state", "channel", "consent", "suppression", "age", "quiet", "caps", "arbitration"),
}
ORDER = ("state", "channel", "consent", "suppression", "age", "quiet", "caps", "arbitration")


@dataclass(frozen=True)
class Question:
    """One question: `outcome` is passed, stop, hold or skipped."""

    title: str
    text: str
    outcome: str

    @property
    def icon(self) -> str:
        """The drawing beside it."""
        return {"passed": "check", "stop": "x-circle", "hold": "pause", "skipped": "minus"}[self.outcome]


def asked_of(row: dict[str, Any], stores: Sequence[Store]) -> list[Question]:
    """Every question in its order; after the one that decided, none was asked any more."""
    if row["judged_at"] is None:
        return []
    checks = row["checks"] if isinstance(row["checks"], dict) else {}
    decided, found, over = str(checks.get("guard") or ""), [], False
    for name in ORDER:
        if name == "channel" and name != decided and (row.get("channel") or "email") == "email":
            continue
        if name not in ASKED[row["category"]] and name != decided:
            found.append(Question(_TITLES[name](), _("Not asked of this kind of message"), "skipped"))
        elif over:
            found.append(Question(_TITLES[name](), _("Not asked; it had been decided above"), "skipped"))
        elif name == decided:
            over = True
            found.append(Question(_TITLES[name](), _reason(row, name, checks), "hold" if row["ask_at"] else "stop"))
        else:
            found.append(Question(_TITLES[name](), _passed(name, row, checks, stores), "passed"))
    return found


_TITLES = {
    "state": lambda: _("State of things"), "channel": lambda: _("The way to them"), "consent": lambda: _("Consent"),
    "suppression": lambda: _("Address"), "age": lambda: _("Age"),
    "quiet": lambda: _("Quiet hours"), "caps": lambda: _("How much already"), "arbitration": lambda: _("Others at the same time"),
}  # fmt: skip


def _reason(row: dict[str, Any], name: str, checks: dict[str, Any]) -> str:
    said = str(row["reason"]).capitalize()
    if name == "caps":
        return _("%(reason)s: %(day)s today, %(week)s this week") % {
            "reason": said, "day": checks.get("day_count") or 0, "week": checks.get("week_count") or 0
        }  # fmt: skip
    if name == "arbitration" and checks.get("lost_to"):
        said = _lost(checks)
    if row["ask_at"]:
        return _("%(reason)s; asked again on %(at)s") % {"reason": said, "at": f"{localtime(row['ask_at']):%a %-d %b, %H:%M}"}
    return said


def _lost(checks: dict[str, Any]) -> str:
    """To which message it lost, and what each is worth where that was measured."""
    names = {"other": messages.message_name(str(checks["lost_to"]))}
    mine, theirs = float(checks.get("worth") or 0), float(checks.get("lost_worth") or 0)
    if theirs <= mine:
        return _("Kept back for “%(other)s”, which is more important or was planned first") % names
    spoken = {name: money(round(minor), accounts.installation().reporting_currency) for name, minor in (("mine", mine), ("theirs", theirs))}
    return _("Kept back for “%(other)s”, which is worth more: %(theirs)s against %(mine)s a message") % {**names, **spoken}


def _passed(name: str, row: dict[str, Any], checks: dict[str, Any], stores: Sequence[Store]) -> str:
    match name:
        case "state":
            return _("Nothing about the order or the customer made it wrong")
        case "channel":
            return _("They can be reached by %(channel)s") % {"channel": CHANNELS.get(row["channel"], row["channel"])}
        case "consent":
            return _("Given") if row["category"] == "marketing" else _("Not refused")
        case "suppression":
            return _("The address is open")
        case "age":
            return _("Planned for %(planned)s, of use until %(until)s") % {
                "planned": f"{localtime(row['planned_at']):%a %-d %b, %H:%M}", "until": f"{localtime(row['useful_until']):%a %-d %b, %H:%M}"
            }  # fmt: skip
        case "quiet":
            return _quiet(row, checks, stores)
        case "caps":
            return _("%(day)s today, %(week)s this week before this one") % {
                "day": checks.get("day_count") or 0, "week": checks.get("week_count") or 0
            }  # fmt: skip
        case _:
            return _("Nothing more important wanted to be said")


def _quiet(row: dict[str, Any], checks: dict[str, Any], stores: Sequence[Store]) -> str:
    store = next((one for one in stores if one.key == row["store"]), None)
    said = _("%(at)s in %(zone)s") % {"at": f"{localtime(row['judged_at']):%H:%M}", "zone": checks.get("zone") or "UTC"}
    if store is None or store.quiet_from is None or store.quiet_until is None:
        return said + _("; no quiet hours are set")
    return said + _("; quiet from %(first)s to %(last)s") % {"first": f"{store.quiet_from:%H:%M}", "last": f"{store.quiet_until:%H:%M}"}


def visits_of(passage: Passage) -> list[dict[str, Any]]:
    """The steps of a run: where it has been, and where it stands."""
    drawing = journeys.drawn(queries.document(passage.journey, passage.version))
    gone = [{**one, "name": drawing.called(one["step"]), "outcome": journeys.spoken_outcome(one["outcome"])} for one in passage.visits]
    if passage.stands_at:
        here = {"name": drawing.called(passage.stands_at), "left_at": None, "due_at": passage.due_at, "outcome": ""}
        gone.append(here)
    return gone
