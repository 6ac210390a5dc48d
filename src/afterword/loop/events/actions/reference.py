"""The printed reference of the events: a page and a JSON Schema for each."""

from __future__ import annotations

from pathlib import Path

from afterword.kernel.shapes import Vocabulary

from ..queries import reference_files


def print_reference(vocabulary: Vocabulary, folder: Path) -> int:
    """Write the reference below this folder (`docs/reference`), and remove schemas of events that are no more; says how many files."""
    files = reference_files(vocabulary)
    for old in (folder / "schema").glob("*.json"):
        if f"schema/{old.name}" not in files:
            old.unlink()
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return len(files)
