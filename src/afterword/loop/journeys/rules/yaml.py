"""YAML in and out. Comments and order survive, because what is kept is the text itself."""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent

from ..types import BadJourney

LONGEST = 200_000


class Plain(Composer):
    """No aliases: nine lines of them can stand for more values than there is memory."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """The next node, unless it only points at another."""
        if self.parser.check_event(AliasEvent):
            raise ComposerError(None, None, "is an alias (*), which is not used here", self.parser.peek_event().start_mark)
        return super().compose_node(parent, index)


def loaded(text: str) -> Any:
    """The plain values of a YAML document; what is not YAML is refused with its line."""
    if len(text) > LONGEST:
        raise BadJourney(place="document", fault="is too long", expected=f"at most {LONGEST:,} characters")
    try:
        reader = YAML(typ="safe", pure=True)
        reader.Composer = Plain
        return reader.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        raise BadJourney(
            place=f"line {mark.line + 1 if mark else '?'}", fault=str(error.problem or "cannot be read"), expected="YAML"
        ) from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise BadJourney(place="document", fault="cannot be read as YAML", expected="a journey document") from error
