"""Doubles live on this machine, so calls inside are allowed."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let calls to this machine pass."""
    monkeypatch.setenv("AFTERWORD_WEBHOOKS_INSIDE", "1")
