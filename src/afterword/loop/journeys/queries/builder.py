"""What the builder prints its forms from: the schema of a document, with the names of events and messages filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from afterword.loop.errands import door as errands
from afterword.loop.events import door as events
from afterword.loop.messages import door as messages

from ..rules.drawing import SHARED
from ..rules.schema import journey_schema


def schema() -> dict[str, Any]:
    """The JSON Schema of a journey's document, as of now."""
    kinds = {kind.name: (kind.about or kind.title, kind.schema) for kind in errands.kinds().values()}
    return journey_schema(events.vocabulary.names, messages.message_keys(), kinds)


def kinds_of(whole: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The kinds of step in a schema, each with the schema of its settings."""
    return {name: form for name, form in whole["properties"]["steps"]["items"]["properties"].items() if name not in SHARED}
