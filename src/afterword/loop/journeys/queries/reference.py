"""The reference of journeys, printed from the code: each kind of step with its settings and ways out, the dates, the conditions."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from afterword.loop.conditions.door import ATTRIBUTES
from afterword.loop.errands import door as errands
from afterword.loop.events import door as events
from afterword.loop.messages import door as messages

from ..rules.schema import journey_schema
from ..steps import KINDS
from ..steps.wait import WAKES


def reference_pages() -> dict[str, str]:
    """The printed files, by their path below `docs/reference`."""
    kinds = {kind.name: (kind.about or kind.title, kind.schema) for kind in errands.kinds().values()}
    schema = journey_schema(events.vocabulary.names, tuple(messages.MESSAGES), kinds)
    return {"steps.md": _steps(), "journey.schema.json": json.dumps(schema, indent=1, ensure_ascii=False) + "\n"}


def _settings(schema: Mapping[str, Any]) -> list[str]:
    """The settings of an errand as its schema has them, in a table; one line where there is but one value."""
    whole = next((one for one in schema.get("anyOf", [schema]) if "properties" in one), None)
    if whole is None:
        return [f"One value: {schema.get('description', schema.get('type', ''))}."]
    lines = ["| setting | kind | |", "|---|---|---|"]
    for name, one in whole["properties"].items():
        kind = " or ".join(f"`{choice}`" for choice in one["enum"]) if "enum" in one else one.get("type", "")
        kind = " or ".join(kind) if isinstance(kind, list) else kind
        lines.append(f"| `{name}` | {kind} | {one.get('description', '')}{' (required)' if name in whole.get('required', ()) else ''} |")
    return lines


def _steps() -> str:
    lines = [
        "# Steps of a journey",
        "",
        "Printed from the code by `afterword reference`. The schema for editors is `journey.schema.json` beside this page.",
        "",
    ]
    for kind in KINDS:
        lines += [f"## {kind.kind}", "", inspect.getdoc(kind) or "", "", "| setting | kind | default |", "|---|---|---|"]
        for f in fields(kind):
            default = "–" if f.default is MISSING else repr(f.default) if f.default != "" else "empty"
            lines.append(f"| `{f.name.rstrip('_')}` | {str(f.type).replace('|', 'or')} | {default} |")
        lines.append("")
    for errand in errands.kinds().values():
        lines += [f"## {errand.name}", "", errand.about or errand.title, "", *_settings(errand.schema), ""]
    lines += [
        "## Dates that a wait can follow",
        "",
        *[f"* `order.{name}`, which may change with {', '.join(f'`{e}`' for e in wakes)}" for name, wakes in WAKES.items()],
        "",
    ]
    lines += ["## What conditions may read", ""]
    for owner, names in ATTRIBUTES.items():
        lines += [f"* `{owner}.…`: " + ", ".join(f"`{name}` ({kind})" for name, kind in names.items())]
    lines += [
        "* `event.…`: the properties of the event at hand, see [events](events.md)",
        (
            '* `count(e)`, `ever(e)`, `sum(e, "p")`, `avg`, `min`, `max`, `last(e).p`, `first(e).p`, `last(e).age`, '
            'each with `last="365d"`, `where=…`, `same="order"`'
        ),
        (
            "* `has(x)`, `x.age`, `x in (…)`, `and`, `or`, `not`, `+ - * /`, comparisons; "
            "a comparison with a missing value is false, and anything divided by zero is missing"
        ),
        '* `in_segment("vip")`: the condition of a [segment](segments.md), as it stands when the journey is published',
        "",
    ]
    return "\n".join(lines)
