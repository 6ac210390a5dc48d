"""YAML as people write it by hand: plain values, no aliases, not endless."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent

from .errors import Refused


class NotPlain(Refused):
    """{place}: {fault}."""


class Plain(Composer):
    """No aliases: nine lines of them can stand for more values than there is memory."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """The next node, unless it only points at another."""
        if self.parser.check_event(AliasEvent):
            raise ComposerError(None, None, "is an alias (*), which is not used here", self.parser.peek_event().start_mark)
        return super().compose_node(parent, index)


def reader() -> YAML:
    """A reader of plain YAML, for whoever wants more than the values."""
    made = YAML(typ="safe", pure=True)
    made.Composer = Plain
    return made


def values(text: str, *, longest: int) -> Any:
    """The plain values of a text of at most so many characters. Raises NotPlain with the line, also for keys given twice."""
    if len(text) > longest:
        raise NotPlain(place="document", fault=f"is too long; at most {longest:,} characters")
    return deepcopy(_values(text))


@lru_cache(128)
def _values(text: str) -> Any:
    """Kept for a while: a page that lists journeys reads every one of them, at twenty milliseconds each."""
    try:
        return reader().load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        fault = f"cannot be read as YAML here ({error.problem})" if error.problem else "cannot be read as YAML here"
        raise NotPlain(place=f"line {mark.line + 1 if mark else '?'}", fault=fault) from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise NotPlain(place="document", fault="cannot be read as YAML") from error
