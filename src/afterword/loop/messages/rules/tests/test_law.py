"""The table of law: each line with a source, in hours that the guard can keep; and the page in docs says the same."""

from __future__ import annotations

import re
from pathlib import Path

from afterword.loop.channels.types import CHANNELS
from afterword.loop.messages.rules.clocks import GUARD_CLOCKS
from afterword.loop.messages.rules.law import QUIET, REST, SOFT, WINDOWS

PAGE = Path(__file__).parents[6] / "docs" / "reference" / "law.md"


def test_hours_lie_between_an_evening_and_a_morning_and_the_guard_s_clocks_strike_them() -> None:
    for one in QUIET.values():
        assert "12:00" < one.evening <= "23:59"
        assert "00:00" < one.morning < "12:00"
        assert set(one.channels) <= set(CHANNELS) - {"email"}
        assert one.sources
        assert {one.evening, one.morning} <= set(GUARD_CLOCKS)


def test_each_country_of_a_soft_opt_in_has_one_window_and_a_source() -> None:
    assert sorted(country for places in WINDOWS.values() for country in places) == sorted(SOFT)
    assert all(re.fullmatch("[A-Z]{2}", country) and one.source and 180 <= one.days <= 730 for country, one in SOFT.items())
    assert not {"PL", "HU", "KR", "BR", "TH", "UA"} & set(SOFT)


def test_the_page_names_every_line_with_its_source() -> None:
    said = re.sub(r"\s+", " ", PAGE.read_text(encoding="utf-8"))
    for country, quiet in QUIET.items():
        assert f"| {country} | {quiet.evening} to {quiet.morning} |" in said
        assert all(source in said for source in quiet.sources)
    for country, rest in REST.items():
        assert f"| {country} | Sundays and public holidays, until {rest.morning} |" in said
        assert all(source in said for source in rest.sources)
        assert rest.sources
        assert set(rest.channels) <= set(CHANNELS) - {"email"}
    for country, soft in SOFT.items():
        assert f"| {country} | {soft.days} | {soft.source} |" in said
