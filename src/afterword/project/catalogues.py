"""Translations: every `.po` below the package is compiled to the `.mo` beside it when it is newer."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from .rooms import SOURCE


def compile_all(below: Path = SOURCE) -> int:
    """Compile what has changed; how many. A file is replaced whole, so a reader never sees half of it."""
    return sum(_compile(po) for po in sorted(below.glob("**/locale/*/LC_MESSAGES/*.po")))


def _compile(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
        return False
    with po.open("rb") as file:
        catalogue = read_po(file, locale=po.parents[1].name)
    draft = mo.with_suffix(".mo.new")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.replace(mo)
    return True
