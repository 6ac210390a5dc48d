"""The reference of journeys, printed from the code: each kind of step with its settings and ways out, the dates, the conditions."""

from __future__ import annotations

import inspect
import json
from dataclasses import MISSING, fields

from afterword.loop.conditions.door import ATTRIBUTES
from afterword.loop.errands import door as errands
from afterword.loop.events import door as events
from afterword.loop.messages import door as messages

from ..rules.schema import journey_schema
from ..steps import KINDS
from ..steps.wait import WAKES


def reference_pages() -> dict[str, str]:
    """The printed files, by their path below `docs/reference`."""
    kinds = {kind.name: (kind.title, kind.schema) for kind in errands.kinds().values()}
    schema = journey_schema(events.vocabulary.names, tuple(messages.MESSAGES), kinds)
    return {"steps.md": _steps(), "journey.schema.json": json.dumps(schema, indent=1, ensure_ascii=False) + "\n"}


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
