"""The reference of the command line, printed from the commands themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

PLACE = Path("docs") / "reference" / "commands.md"


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


def print_page(root: Path) -> bool:
    """Write the page below the repository's root; whether it was stale."""
    path, text = root / PLACE, page()
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True
