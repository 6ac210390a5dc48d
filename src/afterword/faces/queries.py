"""What waits for a second person's word, of everything that asks for one: on the page, at its entry in the menu, on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from afterword.loop.accounts import door as accounts
from afterword.loop.campaigns import door as campaigns
from afterword.loop.journeys import door as journeys

if TYPE_CHECKING:
    from afterword.loop.accounts.models import Approval


@dataclass(frozen=True)
class Question:
    """A question with what it is about. `stale`: that has changed since, or is over. `campaign`: where it is about one."""

    asked: Approval
    name: str
    stale: bool
    campaign: campaigns.Campaign | None = None

    @property
    def which(self) -> str:
        """By what it is named on the command line: `journey:review_request`."""
        return f"{'campaign' if self.campaign else 'journey'}:{self.asked.subject}"


def questions(stores: Sequence[str] | None, *, open: bool = True, most: int = 200) -> list[Question]:
    """Those that nobody has answered, the oldest first, or those that somebody has, the latest first: within reach, and of what is there.

    Journeys are of all stores. Four statements, and one for each journey.
    """
    asked = accounts.approvals(open=open, most=most)
    if not asked:
        return []
    names = journeys.names()
    there = {
        row.key: row for row in campaigns.Campaign.objects.filter(key__in=[one.subject for one in asked if one.kind == campaigns.KIND])
    }
    found = []
    for one in asked:
        if one.kind == campaigns.KIND:
            row = there.get(one.subject)
            if row is not None and (stores is None or row.store in stores):
                found.append(Question(one, row.name, campaigns.mark_of(row) != one.mark or row.state != "draft", row))
        elif name := names.get(one.subject):
            now = journeys.waiting(one.subject)
            found.append(Question(one, name, now is None or now.mark != one.mark))
    return found


def waiting_for(member: accounts.Member) -> tuple[int, int]:
    """How many questions within this member's reach wait, and how many of them somebody else has asked."""
    stores = accounts.person(member).stores
    asked = questions(None if stores is None else sorted(stores))
    return len(asked), sum(one.asked.asked_by_id != member.pk for one in asked)
