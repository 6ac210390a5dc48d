"""What a backtest assumes of reactions: the same lots at every look, the rate that is stated, and nothing where it really happened."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from afterword.insight.backtests import door as backtests
from afterword.insight.lake import door as lake
from afterword.kernel.errors import Refused
from afterword.kit import sql
from afterword.loop.events import door as events
from afterword.loop.journeys import door as journeys

from .story import Story, day, shop
from .test_parity import week

pytestmark = pytest.mark.django_db(transaction=True)
START = day("4 May 08:00")
NEVER_RAN = """
journey: never_ran
trigger: {event: order.delivered}
steps:
  - {id: ask, send: csat}
  - {id: seen, wait_for: {event: message.opened, from: sent, within: 2d}, then: {happened: answer, timed_out: end}}
  - {id: answer, wait_for: {event: survey.answered, same: order, within: 5d}, then: {happened: low}}
  - {id: low, branch: {low: 'last(survey.answered, same="order").score <= 2'}, then: {low: care, otherwise: end}}
  - {id: care, send: low_score_follow_up}
"""


def asked(folder: Path, until: datetime, text: str, **stated: float) -> backtests.Backtest:
    given = {f"ask:{name.replace('_', '.')}": backtests.Stated(rate) for name, rate in stated.items()}
    return backtests.backtest(text, since=START, until=until, folder=folder, stated=given)


def outcomes(found: backtests.Backtest, step: str) -> dict[str | None, int]:
    return {outcome: count for key, outcome, _, count in found.flow if key == step}


def lived(story: Story, days: int, folder: Path) -> datetime:
    """So many days go by and are exported; until when the log is sealed."""
    story.pass_until(story.now + timedelta(days=days), step=timedelta(hours=12))
    lake.export(folder)
    until = events.frontier()
    assert until
    return until


@pytest.mark.slow
def test_reactions_follow_the_stated_rate_and_the_same_lots(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with shop(START, monkeypatch, "order_confirmation", "satisfaction") as story:
        week(story, Random(1), 0)
        week(story, Random(2), 20)
        until = lived(story, 20, tmp_path)
        first, again = asked(tmp_path, until, NEVER_RAN), asked(tmp_path, until, NEVER_RAN)
        assert {**first.plain(), "seconds": 0} == {**again.plain(), "seconds": 0}
        assert {one.source for one in first.assumptions if one.event == "message.opened"} == {"default"}
        nobody = asked(tmp_path, until, NEVER_RAN, message_opened=0.0, survey_answered=0.0)
        everybody = asked(tmp_path, until, NEVER_RAN, message_opened=1.0, survey_answered=1.0)
        # Whoever answers low is written to once more, which may be one too many in a week: who goes is each world's own.
        went = sum(n for step, state, _, n in everybody.verdicts if (step, state) == ("ask", "go"))
        assert went > 5
        assert "happened" not in outcomes(nobody, "seen")
        opened = next(one for one in everybody.assumptions if one.event == "message.opened")
        assert (opened.made, opened.lived) == (went, 0)
        assert outcomes(everybody, "seen")["happened"] > 0.5 * went
        some = asked(tmp_path, until, NEVER_RAN, message_opened=0.5, survey_answered=0.0)
        assert 0 < outcomes(some, "seen").get("happened", 0) < outcomes(everybody, "seen")["happened"]
        with pytest.raises(Refused, match=r"message\.clicked"):
            asked(tmp_path, until, NEVER_RAN, message_clicked=0.5)
        # What ran needs no assumption, whatever is stated: it is as it was.
        text = journeys.shipped()["satisfaction"]
        told = asked(tmp_path, until, text, survey_answered=1.0)
        stored = sql.rows("select step, outcome, count(*) from visit where journey = 'satisfaction' group by 1, 2")
        ran = {(step, outcome): n for step, outcome, n in stored}
        assert {(step, outcome): n for step, outcome, _, n in told.flow if outcome} == ran
        assert [(one.made, one.lived > 0) for one in told.assumptions] == [(0, True)]


@pytest.mark.slow
def test_two_versions_stand_side_by_side(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with shop(START, monkeypatch, "order_confirmation") as story:
        week(story, Random(1), 0)
        until = lived(story, 10, tmp_path)
        other = NEVER_RAN.replace("within: 2d", "within: 1h")
        same = backtests.compare((NEVER_RAN, None), (NEVER_RAN, None), since=START, until=until, folder=tmp_path)
        assert same.beside
        assert same.beside["differ"]["runs"] == 0
        found = backtests.compare((NEVER_RAN, None), (other, None), since=START, until=until, folder=tmp_path)
        assert found.beside
        assert found.beside["entered"] == found.entered
        seen = {row[1]: row[3] for row in found.beside["flow"] if row[0] == "seen"}
        assert seen["timed_out"] > outcomes(found, "seen")["timed_out"]
        assert found.beside["differ"]["runs"] == outcomes(found, "seen").get("happened", 0) - seen.get("happened", 0)
        assert {one["customer"] for one in found.people} == {one["customer"] for one in found.beside["people"]}


@pytest.mark.slow
def test_a_step_that_has_but_another_key_in_the_other_version_is_the_same_step(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with shop(START, monkeypatch, "order_confirmation") as story:
        week(story, Random(1), 0)
        until = lived(story, 4, tmp_path)
        other = journeys.editing.renamed(journeys.editing.renamed(NEVER_RAN, "ask", "question").text, "seen", "noticed").text
        stated = {"ask:message.opened": backtests.Stated(0.7)}
        found = backtests.compare((NEVER_RAN, None), (other, None), since=START, until=until, folder=tmp_path, stated=stated)
        assert found.entered > 3
        assert found.beside
        assert found.beside["renamed"] == {"question": "ask", "noticed": "seen"}
        assert found.beside["differ"]["runs"] == 0
