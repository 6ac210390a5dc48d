"""What the pages of one journey share: finding it, its version, and what stands above every tab."""

from __future__ import annotations

import difflib
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from afterword.insight.backtests import door as backtests
from afterword.kernel.errors import Refused
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages

# What a shop's platform usually sends by itself: whoever turns one of these on should turn the other off.
MAY_BE_DOUBLE = {
    "order_confirmation": "an order confirmation", "shipping_notice": "a shipping notice", "delivered_thanks": "a delivery notice",
    "delayed": "a notice of delay", "review_request": "a review request",
}  # fmt: skip
LATELY = timedelta(days=7)
LONGEST = 200_000


def known(key: str) -> journeys.Known:
    """The journey, or a page that says there is none."""
    try:
        return journeys.known(key)
    except journeys.NoSuchJourney as missing:
        raise Http404 from missing


def chosen(request: HttpRequest, journey: journeys.Known) -> journeys.Shown | None:
    """The version that the address names, else the live one, else the newest; None where nothing was ever published."""
    given = request.GET.get("version", "")
    if not given:
        return journey.version()
    version = journey.version(int(given)) if given.isdecimal() and len(given) < 6 else None
    if version is None:
        raise Http404
    return version


def doubles(drawing: journeys.Drawing) -> list[str]:
    """What the shop's own platform may send already."""
    return [MAY_BE_DOUBLE[key] for key in drawing.messages() if key in MAY_BE_DOUBLE]


def around(journey: journeys.Known, tab: str, version: journeys.Shown | None = None) -> dict[str, Any]:
    """What every tab of a journey shows above itself."""
    shown = version or journey.version()
    second = accounts.installation().second_person
    asked = journeys.waiting(journey.key) if second else None
    return {
        "alarms": backtests.alarms(journey.key),
        "journey": journey, "tab": tab, "version": shown, "doubles": doubles(journey.drawing_of(None)),
        "shipped": journey.origin.startswith("shipped:"), "live_since": messages.live_origins().get(journey.key),
        "lacking": lambda: messages.lacking(journey.key), "draft_mark": journeys.digest(journey.draft),
        # asked only where a dialog says it, not with every count of the flow
        "second_person": second, "approval": asked, "wish": journeys.wish_of(asked) if asked else None,
        "standing": lambda: _standing(journey), "reached": lambda: messages.listing.reached(journey.key, clock.now() - LATELY),
    }  # fmt: skip


def _standing(journey: journeys.Known) -> list[tuple[int, int]]:
    """(version, how many are under way in it), for the versions in which somebody is."""
    counts = journeys.counts_of([version.id for version in journey.versions])
    found = [(version.number, journeys.under_way(version.drawing, counts.get(version.id, {}))) for version in journey.versions]
    return [(number, count) for number, count in found if count]


def difference(before: str, after: str) -> list[tuple[str, str]]:
    """What changed, line by line with its surroundings: (`added`, `gone`, `place` or ``, the line). A place says which line follows."""
    kinds = {"+": "added", "-": "gone", "@": "place"}
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2))[2:]
    return [(kinds.get(line[:1], ""), _place(line) if line.startswith("@@ ") else line) for line in lines]


def _place(line: str) -> str:
    """`@@ -3,7 +3,8 @@` → `from line 3`."""
    return _("from line %(n)s") % {"n": line.split("+")[1].split(",")[0].split(" ")[0]}


def written(request: HttpRequest) -> str:
    """The text as it was typed, with the line ends of the web undone."""
    text = request.POST.get("text", "").replace("\r\n", "\n").replace("\x00", "")[: LONGEST + 1]
    return text if text.endswith("\n") or not text else text + "\n"


def fault_of(text: str) -> dict[str, Any] | None:
    """What is wrong with a text first: its place, the fault, what was expected, the line; None where nothing is."""
    try:
        journeys.understood(text)
    except journeys.BadJourney as refusal:
        given = refusal.values
        return {**given, "line": journeys.line_of(text, str(given["place"]))}
    except Refused as refusal:
        return {"place": "", "fault": str(refusal), "expected": "", "line": None}
    return None
