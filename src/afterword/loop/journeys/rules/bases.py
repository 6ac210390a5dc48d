"""The line of a document that says what it is based on: by it, `apply` knows whether somebody has changed the journey meanwhile."""

from __future__ import annotations

import re

_BASE = re.compile(r"^base:[^\n]*\n?", re.MULTILINE)
_KEY = re.compile(r"^journey:[^\n]*\n", re.MULTILINE)
_GIVEN = re.compile(r"^base:\s*[\"']?(\w+)", re.MULTILINE)


def bare(text: str) -> str:
    """The text without that line: this is what is kept, and what its hash is taken of."""
    return _BASE.sub("", text, count=1)


def based(text: str, base: str) -> str:
    """The text with that line, below its key."""
    return _KEY.sub(lambda found: f"{found.group(0)}base: {base}\n", bare(text), count=1)


def base_of(text: str) -> str:
    """The hash that a text says it is based on; empty where it says none."""
    found = _GIVEN.search(text)
    return found.group(1) if found else ""
