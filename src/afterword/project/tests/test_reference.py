"""The printed reference is what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from afterword.project.reference import FOLDER, pages

ROOT = Path(__file__).resolve().parents[4]


@pytest.mark.django_db
def test_the_printed_reference_is_fresh() -> None:
    for name, text in pages().items():
        assert (ROOT / FOLDER / name).read_text(encoding="utf-8") == text, f"print {name} again: make docs"
