"""The vocabulary and what is printed from it."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from afterword.kernel.shapes import Event, complaints, json_schema, props
from afterword.loop.events.door import vocabulary
from afterword.loop.events.queries import reference_files, view_sql
from afterword.loop.events.rules import sort_out

REFERENCE = Path(__file__).resolve().parents[5] / "docs" / "reference"
ALL = list(vocabulary)


@pytest.mark.parametrize("definition", ALL, ids=lambda d: d.name)
def test_each_event_has_an_example_that_is_valid_by_its_own_rules_and_by_its_schema(definition: type[Event]) -> None:
    assert definition.example
    assert not complaints(definition, definition.example)
    assert not sort_out(definition, definition.example, {})[2]
    assert set(definition.example) <= {p.name for p in props(definition)}
    jsonschema.validate(definition.example, json_schema(definition))


@pytest.mark.parametrize("definition", ALL, ids=lambda d: d.name)
def test_no_personal_property_reaches_a_typed_view(definition: type[Event]) -> None:
    text = view_sql(definition)
    assert not [p.name for p in props(definition) if p.personal and f'as "{p.name}"' in text]


def test_the_printed_reference_is_fresh() -> None:
    """If this fails, print it again: `make docs`."""
    printed = {str(path.relative_to(REFERENCE)): path.read_text() for path in (REFERENCE / "schema").glob("*.json")}
    printed["events.md"] = (REFERENCE / "events.md").read_text()
    assert printed == reference_files(vocabulary)
