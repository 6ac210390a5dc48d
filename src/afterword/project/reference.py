"""The reference, printed from the code itself: events, steps of journeys, commands, settings of the environment."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parents[1]
FOLDER = Path("docs") / "reference"
KINDS = {
    "env_str": "text",
    "env_int": "whole number",
    "env_bool": "true or false",
    "env_list": "list",
    "env_secret": "secret",
    "env_needed": "text",
}


def page() -> str:
    """Every command with its arguments and options, as Markdown."""
    from typer.main import get_command

    from .main import app

    group: Any = get_command(app)
    group.list_commands(None)
    lines = ["# Commands", "", "Printed from the code. Each says more with `--help`.", ""]
    for path, command in _all("afterword", group):
        lines += [f"## `{path}`", "", (command.help or "").strip(), ""]
        rows = [row for p in command.params if (row := _row(p))]
        if rows:
            lines += ["| | | default |", "|---|---|---|", *rows, ""]
    return "\n".join(lines)


def _all(path: str, group: Any) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name in sorted(group.commands):
        command = group.commands[name]
        if getattr(command, "hidden", False):
            continue
        found += _all(f"{path} {name}", command) if hasattr(command, "commands") else [(f"{path} {name}", command)]
    return found


def _row(param: Any) -> str:
    if param.name == "help" or getattr(param, "hidden", False):
        return ""
    name = ", ".join(param.opts) if param.param_type_name == "option" else param.name.upper()
    default = "" if param.default in (None, "", False, ...) or callable(param.default) else f"`{param.default}`"
    return f"| `{name}` | {getattr(param, 'help', '') or ''} | {default} |"


def settings_page() -> str:
    """Every variable of the environment that is read anywhere, with its kind, its default and the room that reads it."""
    found: dict[str, tuple[str, str, set[str]]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        if "tests" in path.parts or path.name == "env.py":
            continue
        for call in (n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)):
            name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
            if name in KINDS and call.args and isinstance(call.args[0], ast.Constant):
                room = ".".join(path.relative_to(SOURCE).with_suffix("").parts[:2])
                default = ast.unparse(call.args[1]) if len(call.args) > 1 and name != "env_secret" else ""
                found.setdefault(str(call.args[0].value), (KINDS[name], default, set()))[2].add(room)
    lines = ["# Settings", "", "Printed from the code. Each variable may also be given as a file's name in `<VARIABLE>_FILE`.", ""]
    lines += ["| variable | kind | default | read by |", "|---|---|---|---|"]
    lines += [
        f"| `{n}` | {kind} | {f'`{default}`' if default else ''} | {', '.join(sorted(rooms))} |"
        for n, (kind, default, rooms) in sorted(found.items())
    ]
    return "\n".join([*lines, ""])


def pages() -> dict[str, str]:
    """The printed files, by their path below `docs/reference`."""
    from afterword.loop.events import door as events
    from afterword.loop.journeys import door as journeys
    from afterword.loop.segments import door as segments

    theirs = {**events.reference_files(events.vocabulary), **journeys.reference_pages(), "segments.md": segments.reference_page()}
    return {**theirs, "commands.md": page(), "settings.md": settings_page()}


def print_pages(root: Path) -> list[str]:
    """Write the pages below the repository's root, and take away schemas of events that are no more; those that were stale."""
    stale, printed = [], pages()
    for old in (root / FOLDER / "schema").glob("*.json"):
        if f"schema/{old.name}" not in printed:
            old.unlink()
    for name, text in printed.items():
        path = root / FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            stale.append(name)
    return stale
