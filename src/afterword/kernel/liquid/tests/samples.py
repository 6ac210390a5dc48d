"""Both engines side by side: the same environment twice, once compiled, and what each makes of a template."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from liquid import DebugUndefined, DictLoader, Environment, StrictUndefined
from liquid.exceptions import LiquidError, OutputStreamLimitError
from liquid.mode import Mode

from afterword.kernel.liquid.template import Compiled

_PLACE = re.compile(r"[ +]at[ +]0x[0-9a-f]+", re.IGNORECASE)  # where a thing lies in memory is not the same twice


class Limited(Environment):
    """With every limit that python-liquid has, tight enough to be met."""

    loop_iteration_limit = 300
    output_stream_limit = 2_000
    local_namespace_limit = 2_000
    context_depth_limit = 8


class Wide(Environment):
    """With every liberty that python-liquid has."""

    string_sequences = True
    string_first_and_last = True
    shorthand_indexes = True
    logical_not_operator = True
    logical_parentheses = True
    ternary_expressions = True
    keyword_assignment = True
    suppress_blank_control_flow_blocks = False


WAYS: Mapping[str, tuple[type[Environment], Mapping[str, Any]]] = {
    "plain": (Environment, {}),
    "escaped": (Environment, {"autoescape": True}),
    "limited": (Limited, {"autoescape": True}),
    "wide": (Wide, {"undefined": DebugUndefined, "strict_filters": False, "extra": True}),
    "strict": (Environment, {"undefined": StrictUndefined}),
    "forgiving": (Environment, {"tolerance": Mode.LAX, "undefined": StrictUndefined, "strict_filters": False}),
    "warning": (Environment, {"tolerance": Mode.WARN}),
}


def both(way: str, partials: Mapping[str, str] | None = None) -> tuple[Environment, Environment]:
    """The environment as python-liquid interprets it, and as it is compiled."""
    kind, options = WAYS[way]
    loader = DictLoader(dict(partials or {}))
    fast = type("Fast", (kind,), {"template_class": Compiled})
    return kind(loader=loader, **options), fast(loader=loader, **options)


def outcome(make: Callable[[], str]) -> tuple[object, ...]:
    """What comes of it: the text and the warnings, or the error with its place."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        warnings.simplefilter("ignore", ResourceWarning)  # of whatever else this process has left open
        try:
            text = make()
        except LiquidError as error:
            if isinstance(error, OutputStreamLimitError):
                return ("error", "too much is written")
            return ("error", type(error).__name__, str(error.message), error.token and (error.token.kind, error.token.start_index))
        except Exception as error:  # noqa: BLE001  # python-liquid lets some of them through, and so do we
            return ("error", type(error).__name__, str(error))
    return ("text", _PLACE.sub("", text), sorted(str(one.message) for one in said))


def outcomes(way: str, source: str, given: Mapping[str, Any], partials: Mapping[str, str] | None = None) -> list[tuple[object, ...]]:
    """What each of the two makes of a template."""
    return [outcome(lambda env=env: env.from_string(source).render(**given)) for env in both(way, partials)]  # type: ignore[misc]
