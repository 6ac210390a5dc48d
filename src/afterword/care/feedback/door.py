"""What other rooms may ask of feedback."""

from __future__ import annotations

from .actions import NotOnTheScale, UnknownSurvey, answer_survey, scale
from .queries import last_answer

__all__ = ["NotOnTheScale", "UnknownSurvey", "answer_survey", "last_answer", "scale"]
