"""The house rules, as tests: names, sizes, and what may not stand in a file. See ARCHITECTURE.md."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "afterword"

ROOM_FILES = {
    "__init__",
    "types",
    "events",
    "rules",
    "tables",
    "models",
    "actions",
    "queries",
    "door",
    "forms",
    "pages",
    "hooks",
    "jobs",
    "apps",
    "urls",
    "admin",
    "checks",
    "templatetags",
    "commands",
}
ROOM_FOLDERS = {"rules", "tables", "actions", "queries", "pages", "models", "jobs", "steps", "hooks"}
VENDOR_FILES = {"__init__", "types", "requests", "receipts", "payloads", "words", "verify", "send", "pull", "forms"}
FORBIDDEN_NAMES = {"utils", "helpers", "services", "managers", "common", "misc", "base"}
KERNEL = {
    "__init__",
    "calendars",
    "documents",
    "doors",
    "durations",
    "errors",
    "faults",
    "ids",
    "marks",
    "money",
    "purity",
    "shapes",
    "windows",
}
KIT = {"__init__", "apps", "beside", "children", "clock", "dns", "engines", "env", "http", "process", "sql", "testing"}
PROJECT = {
    "__init__",
    "asgi",
    "catalogues",
    "checks",
    "doctor",
    "reference",
    "main",
    "middleware",
    "processes",
    "rooms",
    "settings",
    "upkeep",
    "urls",
    "worker",
    "wsgi",
}
PURE = {"types", "events", "rules", "steps", "requests", "receipts", "payloads", "words"}
IMPURE_MODULES = ("django", "psycopg", "afterword.kit", "procrastinate", "granian", "requests", "httpx")
SAYS_TOO_MUCH = re.compile(r"/work/|/tmp/|/opt/|/root/|pypi\.org|--index-url|claude|anthropic|\bTODO\b|\bFIXME\b", re.IGNORECASE)
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("timezone", "now"), ("time", "time")}
LONGEST = {"file": 400, "test file": 600, "function": 50}


@cache
def files(*endings: str) -> tuple[Path, ...]:
    """The files of the repository: what git knows, and what it would take up."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    found = (ROOT / line for line in listed)
    return tuple(sorted(path for path in set(found) if path.is_file() and (not endings or path.suffix in endings)))


def ours() -> Iterator[Path]:
    return (path for path in files(".py") if SOURCE in path.parents)


def is_test(path: Path) -> bool:
    return "tests" in path.relative_to(ROOT).parts[:-1]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def allowed_exceptions() -> frozenset[str]:
    lines = (ROOT / "tests" / "house_exceptions.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def check(rule: str, broken: Iterator[str]) -> None:
    """Nothing breaks the rule but what the list of exceptions names; and what is named there does break it."""
    found = set(broken)
    excepted = {line.split(": ", 1)[1] for line in allowed_exceptions() if line.startswith(f"{rule}: ")}
    places = {line.split(" ")[0] for line in found}
    assert not sorted(line for line in found if line.split(" ")[0] not in excepted), rule
    assert not excepted - places, f"no longer needed in house_exceptions.txt ({rule})"


# -- names ---------------------------------------------------------------------------------------------------------------


def expected(path: Path) -> bool:
    """Whether a file of this name belongs where it is."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    if len(parts) == 1:
        return parts[0] in {"__init__", "__main__"}
    if {"migrations", "templatetags", "tests"} & set(parts[:-1]):
        return "tests" not in parts[:-1] or parts[-1].startswith(("test_", "__init__", "conftest", "samples"))
    floor, rest = parts[0], parts[1:]
    flat = {"kernel": KERNEL, "kit": KIT, "project": PROJECT}
    if floor in flat:
        return rest[0] in flat[floor] if len(rest) == 1 else (floor, rest[0]) in {("kit", "postgres"), ("kernel", "liquid")}
    if floor == "sample":
        return room_file(rest) or (len(rest) == 2 and rest[1] in VENDOR_FILES)
    if len(rest) == 1:
        return rest[0] in ({"__init__"} | (ROOM_FILES if floor == "faces" else set()))
    return room_file(rest[1:]) or (rest[0] in {"channels", "intake"} and len(rest) == 3 and rest[2] in VENDOR_FILES)


def room_file(rest: tuple[str, ...]) -> bool:
    """A listed name, or a noun inside one of the folders that may be split by noun."""
    if len(rest) == 1:
        return rest[0] in ROOM_FILES
    return rest[0] in ROOM_FOLDERS | {"journeys"} and rest[-1] not in FORBIDDEN_NAMES


def test_every_file_has_a_name_that_says_what_lives_there() -> None:
    check("name", (name_of(path) for path in ours() if not expected(path) or path.stem in FORBIDDEN_NAMES))


def test_a_room_s_init_is_a_docstring_and_nothing_else() -> None:
    rooms = (path for path in ours() if path.name == "__init__.py" and not is_test(path) and path.parent != SOURCE)
    excluded = {"migrations", "templatetags", *ROOM_FOLDERS}
    check("init", (name_of(p) for p in rooms if p.parent.name not in excluded and not only_a_docstring(tree(p))))


def only_a_docstring(module: ast.Module) -> bool:
    return len(module.body) == 1 and ast.get_docstring(module) is not None


# -- sizes ---------------------------------------------------------------------------------------------------------------


def test_no_file_is_too_long_to_be_read() -> None:
    def long() -> Iterator[str]:
        for path in files(".py"):
            if "migrations" in path.parts:
                continue
            lines, most = path.read_text(encoding="utf-8").count("\n"), LONGEST["test file" if is_test(path) else "file"]
            if lines > most:
                yield f"{name_of(path)} has {lines} lines, {most} are allowed"

    check("file", long())


def test_no_function_is_too_long_to_be_understood() -> None:
    def long() -> Iterator[str]:
        for path in files(".py"):
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    lines = (node.end_lineno or 0) - node.lineno + 1
                    if lines > LONGEST["function"] and "migrations" not in path.parts:
                        yield f"{name_of(path)}:{node.name} has {lines} lines"

    check("function", long())


# -- what may not be done ----------------------------------------------------------------------------------------------------


def imports(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def is_pure_by_name(path: Path) -> bool:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return (
        parts[0] in {"loop", "care", "insight", "faces"}
        and not is_test(path)
        and not {"actions", "templatetags"} & set(parts)
        and bool(PURE & set(parts[2:]))
    )


def test_what_is_pure_by_name_imports_no_effects() -> None:
    def impure() -> Iterator[str]:
        for path in filter(is_pure_by_name, ours()):
            for module in imports(tree(path)):
                if module.split(".")[0] in IMPURE_MODULES or module.startswith("afterword.kit"):
                    yield f"{name_of(path)} imports {module}"

    check("pure", impure())


def called(node: ast.Call) -> tuple[str, str] | None:
    """`module.function` of a call, where it has that form."""
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return node.func.value.id, node.func.attr
    return None


def test_only_the_clock_reads_the_clock() -> None:
    def readers() -> Iterator[str]:
        for path in ours():
            if path == SOURCE / "kit" / "clock.py" or is_test(path) or "migrations" in path.parts:
                continue
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.Call) and called(node) in CLOCKS:
                    yield f"{name_of(path)}:{node.lineno}"

    check("clock", readers())


def test_models_are_imported_not_looked_up_by_name() -> None:
    def lookups() -> Iterator[str]:
        for path in ours():
            if "migrations" not in path.parts and re.search(r"\bapps\.get_model\(", path.read_text(encoding="utf-8")):
                yield name_of(path)

    check("get_model", lookups())


def test_nothing_is_notified_by_django_signals() -> None:
    """But `post_migrate`: it is how the views follow the migrations, whoever ran them."""

    def signals() -> Iterator[str]:
        for path in ours():
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.ImportFrom) and node.module in {"django.dispatch", "django.db.models.signals"}:
                    yield from (f"{name_of(path)} imports {alias.name}" for alias in node.names if alias.name != "post_migrate")

    check("signals", signals())


def test_no_error_is_swallowed_in_silence() -> None:
    def swallowed() -> Iterator[str]:
        for path in ours():
            for node in ast.walk(tree(path)):
                if (
                    isinstance(node, ast.ExceptHandler)
                    and catches_everything(node)
                    and all(isinstance(line, ast.Pass) for line in node.body)
                ):
                    yield f"{name_of(path)}:{node.lineno}"

    check("swallowed", swallowed())


def catches_everything(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or (isinstance(handler.type, ast.Name) and handler.type.id in {"Exception", "BaseException"})


OPEN_TO_ALL = {"door", "types", "events", "models"}


def room_of(module: str) -> str:
    """The room that a module belongs to: `afterword.loop.orders.door` → `afterword.loop.orders`."""
    return ".".join(module.split(".")[:3])


def is_a_window(module: str) -> bool:
    """Whether a module is inside a room and not meant for others."""
    parts = module.split(".")
    return len(parts) > 3 and parts[0] == "afterword" and parts[1] in {"loop", "care", "insight"} and parts[3] not in OPEN_TO_ALL


def test_rooms_are_entered_by_their_door() -> None:
    def through_the_window() -> Iterator[str]:
        for path in ours():
            if is_test(path) or "migrations" in path.parts:
                continue
            here = room_of(".".join(path.relative_to(SOURCE.parent).parts))
            for module in imports(tree(path)):
                if is_a_window(module) and room_of(module) != here:
                    yield f"{name_of(path)} imports {module}"

    check("door", through_the_window())


def test_no_file_speaks_of_this_machine_or_its_makers() -> None:
    def telling() -> Iterator[str]:
        for path in files():
            if path.suffix in {".png", ".woff2", ".mo", ".ico", ".jpg"} or path == Path(__file__) or "vendor" in path.parts:
                continue
            if SAYS_TOO_MUCH.search(path.read_text(encoding="utf-8", errors="replace")):
                yield name_of(path)

    check("telling", telling())


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_file_pins_with_hashes_and_names_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pins = re.findall(r"^([a-z0-9._-]+)==[^ ]+ \\$", text, re.MULTILINE)
    assert len(pins) > 20
    assert not re.findall(r"^[a-z0-9._-]+==[^\\]*$", text, re.MULTILINE), "a pin without a hash"
    assert not re.search(r"://|--index|--find-links|--trusted-host|^-[a-z]|@ ", text, re.MULTILINE)
