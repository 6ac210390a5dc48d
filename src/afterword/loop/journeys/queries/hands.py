"""What was done by hand to the runs of a journey."""

from __future__ import annotations

from typing import Any

from afterword.kit import sql


def hands(journey: str) -> list[dict[str, Any]]:
    """What was done to a journey's runs, the latest first."""
    return sql.records(
        "select h.kind, h.at, h.by, h.runs, h.run, h.steps, v.number as version, t.number as to_version from journey_hand h "
        "join journey_version v on v.id = h.version_id left join journey_version t on t.id = h.to_version "
        "where h.journey = %s order by h.at desc, h.id desc",
        [journey],
    )
