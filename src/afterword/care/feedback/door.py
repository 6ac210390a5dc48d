"""What other rooms may ask of feedback."""

from __future__ import annotations

from .actions import STARS, NotOnTheScale, UnknownSurvey, answer_survey, scale, submit_review
from .queries import Review, last_answer, last_review, product_title

__all__ = [
    "STARS", "NotOnTheScale", "Review", "UnknownSurvey", "answer_survey", "last_answer", "last_review", "product_title", "scale",
    "submit_review",
]  # fmt: skip
