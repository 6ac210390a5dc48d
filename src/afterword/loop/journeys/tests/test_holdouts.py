"""Holdouts that nobody need write."""

from __future__ import annotations

from typing import Any

import pytest

from afterword.loop.journeys.rules.holdouts import completed

CATEGORIES = {"sale": "marketing", "confirm": "transactional", "care": "service"}


def steps(*messages: str, **more: Any) -> dict[str, Any]:
    return {"journey": "j", "steps": [{"id": f"s{n}", "send": m} for n, m in enumerate(messages)], **more}


def ids(document: dict[str, Any], everywhere: float = 0.05) -> list[str]:
    return [s["id"] for s in completed(document, CATEGORIES.get, everywhere=everywhere)["steps"]]


def test_marketing_has_the_global_holdout_first_and_its_own_after_it() -> None:
    made = completed(steps("sale", "sale"), CATEGORIES.get, everywhere=0.05)["steps"]
    assert [(s["id"], s.get("then")) for s in made[:2]] == [("global_holdout", {"in": "holdout"}), ("holdout", {"in": "s0"})]


@pytest.mark.parametrize("messages", [("sale", "confirm"), ("care",), ("nobody knows",), ()])
def test_anything_else_has_none(messages: tuple[str, ...]) -> None:
    assert ids(steps(*messages)) == [f"s{n}" for n in range(len(messages))]


def test_the_writer_decides_on_the_journeys_own() -> None:
    assert ids(steps("sale", holdout="off")) == ["global_holdout", "s0"]
    assert ids(steps("sale"), everywhere=0) == ["holdout", "s0"]
    assert completed(steps("sale", holdout="25%"), CATEGORIES.get, everywhere=0)["steps"][0]["holdout"] == {"share": "25%"}
    written = steps("sale")
    written["steps"].insert(0, {"id": "mine", "holdout": "30%"})
    assert ids(written) == ["global_holdout", "mine", "s0"]
