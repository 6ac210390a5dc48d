"""Writes of the feedback room: an answer to a survey, a review."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from afterword.kernel.errors import Refused
from afterword.loop.events.types import Told
from afterword.loop.identity import door as identity
from afterword.loop.messages import door as messages

from .queries import reference_of, review_reference

SCALES: dict[str, tuple[int, int]] = {"csat": (1, 5), "nps": (0, 10)}
LONGEST, LONGEST_TITLE = 4000, 200
STARS = (1, 5)


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
    words = _cleaned(comment, LONGEST)
    told = Told(
        "survey.answered", at, "afterword", f"{message_id}:{at.isoformat(timespec='seconds')}", store=store, customer_id=customer_id,
        order_id=order_id, message_id=message_id, properties=properties, personal={"comment": words} if words else {},
    )  # fmt: skip
    refused = identity.record([told], received_at=at).refused
    if refused:
        raise refused[0]


def submit_review(
    rating: int, title: str, text: str, *, message_id: UUID, customer_id: UUID, order_id: UUID | None, product_id: UUID | None,
    store: str, at: datetime,
) -> None:  # fmt: skip
    """A customer wrote a review: tells `review.submitted`. There is one for each thing of an order: writing again changes it.

    Args:
        rating: stars, 1 to 5.
        product_id: the thing of the order that it is about; None for the order as a whole.

    Raises NotOnTheScale.
    """
    low, high = STARS
    if not low <= rating <= high:
        raise NotOnTheScale(score=rating, low=low, high=high)
    origin = messages.provenance(message_id) or {}
    review = review_reference(customer_id, order_id, product_id)
    properties: dict[str, Any] = {"review": review, "rating": rating}
    properties |= {name: origin[name] for name in ("journey", "run") if origin.get(name)}
    words = {"title": _cleaned(title, LONGEST_TITLE), "text": _cleaned(text, LONGEST)}
    told = Told(
        "review.submitted", at, "afterword", f"{review}:{at.isoformat(timespec='seconds')}", store=store, customer_id=customer_id,
        order_id=order_id, product=reference_of(order_id, product_id), message_id=message_id, properties=properties,
        personal={name: said for name, said in words.items() if said},
    )  # fmt: skip
    refused = identity.record([told], received_at=at).refused
    if refused:
        raise refused[0]


def _cleaned(words: str, longest: int) -> str:
    return words.replace("\x00", "").strip()[:longest]
