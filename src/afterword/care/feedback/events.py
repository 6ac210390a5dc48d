"""Questions asked and answered, reviews asked for and written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from afterword.kernel.shapes import Event, Subject, prop

RUN = "01926b2e-7a00-7000-8000-000000000001"
SURVEYS = ("csat", "nps", "ces")


@dataclass(frozen=True, kw_only=True)
class SurveyEvent(Event):
    """What every event of a survey carries."""

    subject: ClassVar[Subject] = "order"

    survey: str = prop("text", "the survey's key", required=True)
    kind: str | None = prop("text", "what it measures", choices=SURVEYS)
    journey: str | None = prop("text", "the journey that asked")
    run: str | None = prop("uuid", "the run that asked")


@dataclass(frozen=True, kw_only=True)
class SurveyAsked(SurveyEvent):
    """A customer was asked a question."""

    name: ClassVar[str] = "survey.asked"
    example: ClassVar[dict[str, Any]] = {"survey": "csat", "kind": "csat", "journey": "satisfaction", "run": RUN, "channel": "email"}

    channel: str | None = prop("text", "how they were asked")


@dataclass(frozen=True, kw_only=True)
class SurveyAnswered(SurveyEvent):
    """A customer answered. Answering again is another event; the last one counts."""

    name: ClassVar[str] = "survey.answered"
    example: ClassVar[dict[str, Any]] = {"survey": "csat", "kind": "csat", "score": 5, "run": RUN}

    score: int = prop("int", "csat 1–5, nps 0–10, ces 1–7", required=True)
    comment: str | None = prop("text", "what they wrote", personal=True)
    about: str | None = prop("text", "what the comment is about, in a word")


@dataclass(frozen=True, kw_only=True)
class ReviewEvent(Event):
    """What every event of a review may carry."""

    subject: ClassVar[Subject] = "product"

    review: str | None = prop("text", "the review's own reference; one for each thing that somebody bought")
    journey: str | None = prop("text", "the journey that asked for it")
    run: str | None = prop("uuid", "the run that asked for it")


@dataclass(frozen=True, kw_only=True)
class ReviewRequested(ReviewEvent):
    """A customer was asked for a review."""

    name: ClassVar[str] = "review.requested"
    example: ClassVar[dict[str, Any]] = {"journey": "review_request", "run": RUN, "channel": "email", "incentive": False}

    channel: str | None = prop("text", "how they were asked")
    incentive: bool | None = prop("bool", "something was offered for it, which makes the request marketing")


@dataclass(frozen=True, kw_only=True)
class ReviewSubmitted(ReviewEvent):
    """A customer wrote a review. Writing again under the same reference changes it: the last one counts."""

    name: ClassVar[str] = "review.submitted"
    example: ClassVar[dict[str, Any]] = {"review": "r-1", "rating": 5, "title": "Lovely", "text": "My whole family drinks it."}

    rating: int = prop("int", "stars, 1–5", required=True)
    title: str | None = prop("text", "its title", personal=True)
    text: str | None = prop("text", "its text", personal=True)
    language: str | None = prop("text", "the language it is written in (BCP 47)")
    pictures: int | None = prop("int", "how many pictures came with it")


@dataclass(frozen=True, kw_only=True)
class ReviewPublished(ReviewEvent):
    """A review can be read by everybody."""

    name: ClassVar[str] = "review.published"
    example: ClassVar[dict[str, Any]] = {"review": "r-1"}


@dataclass(frozen=True, kw_only=True)
class ReviewRejected(ReviewEvent):
    """A review will not be published."""

    name: ClassVar[str] = "review.rejected"
    example: ClassVar[dict[str, Any]] = {"review": "r-1", "reason": "names_a_person"}

    reason: str | None = prop("text", "why, in a word")


@dataclass(frozen=True, kw_only=True)
class ReviewAnswered(ReviewEvent):
    """The shop answered a review."""

    name: ClassVar[str] = "review.answered"
    example: ClassVar[dict[str, Any]] = {"review": "r-1", "text": "Thank you, Ana."}

    text: str | None = prop("text", "the answer", personal=True)


@dataclass(frozen=True, kw_only=True)
class MediaShared(Event):
    """A customer shared a picture or a film of what they bought."""

    name: ClassVar[str] = "media.shared"
    subject: ClassVar[Subject] = "product"
    example: ClassVar[dict[str, Any]] = {"medium": "picture", "may_publish": True}

    medium: str | None = prop("text", "what it is", choices=("picture", "film", "sound"))
    may_publish: bool | None = prop("bool", "the customer allowed the shop to show it")
    url: str | None = prop("text", "where it is kept", personal=True)


@dataclass(frozen=True, kw_only=True)
class MentionSeen(Event):
    """Somebody wrote about the shop elsewhere."""

    name: ClassVar[str] = "mention.seen"
    example: ClassVar[dict[str, Any]] = {"site": "instagram", "mood": "good"}

    site: str | None = prop("text", "where")
    mood: str | None = prop("text", "how it sounds", choices=("good", "neutral", "bad", "question"))
    url: str | None = prop("text", "its address", personal=True)
    text: str | None = prop("text", "what was written", personal=True)


@dataclass(frozen=True, kw_only=True)
class MentionAnswered(MentionSeen):
    """The shop answered a mention."""

    name: ClassVar[str] = "mention.answered"


EVENTS: tuple[type[Event], ...] = (
    SurveyAsked, SurveyAnswered, ReviewRequested, ReviewSubmitted, ReviewPublished, ReviewRejected, ReviewAnswered,
    MediaShared, MentionSeen, MentionAnswered,
)  # fmt: skip
