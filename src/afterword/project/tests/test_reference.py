"""The printed reference of the commands is what the commands say."""

from __future__ import annotations

from pathlib import Path

import pytest

from afterword.project.reference import PLACE, page

ROOT = Path(__file__).resolve().parents[4]


@pytest.mark.django_db
def test_the_page_of_commands_is_fresh() -> None:
    assert (ROOT / PLACE).read_text(encoding="utf-8") == page(), "print it again: make docs"
