"""Forms are printed from the schema and read back as the same values; new kinds of step need no form of their own."""

from __future__ import annotations

from typing import Any

import pytest

from afterword.loop.journeys.actions.drafts import shipped
from afterword.loop.journeys.queries.builder import kinds_of, schema
from afterword.loop.journeys.rules.drawing import SHARED
from afterword.loop.journeys.rules.form import Field, begun, grown, printed, read, renames
from afterword.loop.journeys.rules.yaml import loaded

pytestmark = pytest.mark.django_db

ITEMS = [(key, item) for key, text in shipped().items() for item in loaded(text)["steps"]]


def filled(field: Field) -> dict[str, str]:
    """The form as a browser would send it back, untouched."""
    out: dict[str, str] = {}
    if field.kind not in ("group", "rows", "list"):
        out[field.path] = {True: "on", False: ""}.get(field.value) if isinstance(field.value, bool) else str(field.value)  # type: ignore[assignment]
    for n, part in enumerate(field.fields):
        if field.kind == "rows":
            out |= {f"{field.path}.{n}.key": part.key, f"{field.path}.{n}.was": part.key, f"{field.path}.{n}.value": str(part.value)}
        else:
            out |= filled(part)
    return out


@pytest.mark.parametrize(("key", "item"), ITEMS)
def test_what_is_printed_and_sent_back_untouched_is_the_same_value(key: str, item: dict[str, Any]) -> None:
    whole = kinds_of(schema())
    kind = next(name for name in item if name not in SHARED)
    assert read(whole[kind], filled(printed(whole[kind], item[kind])), item[kind]) == item[kind], key


def test_the_short_ways_of_writing_stay_short() -> None:
    whole = kinds_of(schema())
    for kind, value in (("wait", "3d"), ("send", "csat"), ("holdout", "10%"), ("split", {"a": 50, "b": 50}), ("exit", "enough")):
        assert read(whole[kind], filled(printed(whole[kind], value)), value) == value
    longer = filled(printed(whole["wait"], "3d")) | {"f.at": "10:00"}
    assert read(whole["wait"], longer, "3d") == {"for": "3d", "at": "10:00"}


def test_the_trigger_and_what_ends_a_journey_have_forms_too() -> None:
    whole = schema()["properties"]
    for text in shipped().values():
        document = loaded(text)
        for part in ("trigger", "exit_on", "goal", "priority", "subject"):
            if part in document:
                assert read(whole[part], filled(printed(whole[part], document[part])), document[part]) == document[part]


def test_rows_grow_and_change_their_names() -> None:
    whole = kinds_of(schema())
    assert grown(whole["branch"], {"low": "order.total < 5"}, "f") == {"low": "order.total < 5", "case_1": "order.total > 50"}
    assert grown(whole["split"], {"a": 50, "b": 50}, "f.arms") == {"arms": {"a": 50, "b": 50, "c": 50}}
    form = filled(printed(whole["branch"], {"low": "order.total < 5"})) | {"f.0.key": "Very low"}
    assert renames(whole["branch"], form) == {"low": "very_low"}
    assert read(whole["branch"], form, {"low": "order.total < 5"}) == {"very_low": "order.total < 5"}


def test_every_kind_can_begin_from_its_schema_alone() -> None:
    for kind, form in kinds_of(schema()).items():
        if kind != "branch":
            assert begun(form) is not None, kind


def test_each_kind_of_step_says_what_it_does_in_words_for_who_draws() -> None:
    for kind, form in kinds_of(schema()).items():
        about = str(form["description"])
        assert len(about.split()) >= 5, f"{kind}: {about}"
        inside = {"intent", "run", "visit", "subject", "dice", "salt", "useful_for"}
        assert not inside & set(about.lower().replace("'s", "").split()), about
