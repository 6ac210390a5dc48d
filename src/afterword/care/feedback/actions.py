"""Writes of the feedback room: an answer to a survey."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from afterword.kernel.errors import Refused
from afterword.loop.events.types import Told
from afterword.loop.identity import door as identity
from afterword.loop.messages import door as messages

SCALES: dict[str, tuple[int, int]] = {"csat": (1, 5), "nps": (0, 10)}
LONGEST = 4000


class NotOnTheScale(Refused):
    """{score} is not an answer to this question. Choose a number from {low} to {high}."""


class UnknownSurvey(Refused):
    """There is no survey “{survey}”."""


def scale(survey: str) -> tuple[int, int]:
    """The lowest and the highest answer. Raises UnknownSurvey."""
    if survey not in SCALES:
        raise UnknownSurvey(survey=survey)
    return SCALES[survey]


def answer_survey(
    survey: Literal["csat", "nps"] | str, score: int, comment: str, *, message_id: UUID, customer_id: UUID, order_id: UUID | None,
    store: str, at: datetime,
) -> None:  # fmt: skip
    """A customer answered: tells `survey.answered`. The same answer twice in a second is one; another one later is another event.

    Raises NotOnTheScale or UnknownSurvey.
    """
    low, high = scale(survey)
    if not low <= score <= high:
        raise NotOnTheScale(score=score, low=low, high=high)
    origin = messages.provenance(message_id) or {}
    properties: dict[str, Any] = {"survey": survey, "kind": survey, "score": score}
    properties |= {name: origin[name] for name in ("journey", "run") if origin.get(name)}
    words = comment.replace("\x00", "").strip()[:LONGEST]
    told = Told(
        "survey.answered", at, "afterword", f"{message_id}:{at.isoformat(timespec='seconds')}", store=store, customer_id=customer_id,
        order_id=order_id, message_id=message_id, properties=properties, personal={"comment": words} if words else {},
    )  # fmt: skip
    refused = identity.record([told], received_at=at).refused
    if refused:
        raise refused[0]
