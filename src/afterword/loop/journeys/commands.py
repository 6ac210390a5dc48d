"""`afterword journey …`: journeys as code. Lint, plan, apply, export; the gallery; the schema. `test` is added by the backtests room.

Exit codes: 0 all is well; 1 something was found (lint, plan with a conflict); 2 refused; 3 with `--exit-code`, there is something
to apply.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from afterword.kernel.errors import Refused
from afterword.kit import clock
from afterword.loop.accounts import door as accounts

from . import door

app = typer.Typer()
journey = typer.Typer(no_args_is_help=True, help="Journeys as code: lint, plan, apply, test, export. `afterword publish` makes one live.")
app.add_typer(journey, name="journey")
said = Console(highlight=False)
Paths = Annotated[list[Path], typer.Argument(exists=True, help="Documents, or folders with documents (*.yaml).")]
Document = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A journey's YAML document.")]
Key = Annotated[str, typer.Argument(help="The journey's key.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON and nothing else.")]
Over = Annotated[bool, typer.Option("--over", help="Take them although what they are based on has moved on.")]
SIGNS = {"new": "+", "same": "=", "kept": "=", "changed": "~", "conflict": "✗", "gone": "-"}


class NoDocuments(Refused):
    """There is no journey in {where}. A document is a file that ends in .yaml or .yml."""


class NoText(Refused):
    """{file} is no text in UTF-8 (byte {byte} cannot be read). Save it as UTF-8."""


class NoMember(Refused):
    """Nobody of the team has the address {email}."""


@journey.command()
def lint(paths: Paths, as_json: Json = False, strict: Annotated[bool, typer.Option(help="Warnings count as errors.")] = False) -> None:
    """Check documents: everything that is wrong or odd, with line, column and a mend. Exit 1 if there are errors."""
    texts = documents(paths)
    found = _linted(texts)
    if as_json:
        typer.echo(json.dumps({str(path): [one.plain() for one in findings] for path, findings in found.items()}, ensure_ascii=False))
    else:
        for path, findings in found.items():
            for one in findings:
                place = f"{path}:{one.line or 1}:{one.column or 1}"
                said.print(f"{escape(place)}: {one.level}: {escape(one.place)} {escape(one.said)}. {escape(one.mend)}", soft_wrap=True)
        errors, warnings = _count(found, "error"), _count(found, "warning")
        said.print(f"{_several(len(texts), 'document')}: {_several(errors, 'error')}, {_several(warnings, 'warning')}.")
    if any(door.failing(findings) or (strict and findings) for findings in found.values()):
        raise typer.Exit(1)


def _linted(texts: Mapping[Path, str]) -> dict[Path, tuple[door.Finding, ...]]:
    names = {str(path): path for path in texts}
    return {names[name]: findings for name, findings in door.lint_texts({str(path): text for path, text in texts.items()}).items()}


@journey.command()
def plan(
    paths: Paths, as_json: Json = False, over: Over = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 3 if there is something to apply.")] = False,
) -> None:  # fmt: skip
    """What documents would change here, step by step, and how many runs are under way at each. Nothing is written."""
    found = door.plan(documents(paths).values(), over=over)
    if as_json:
        typer.echo(json.dumps(_plain(found), ensure_ascii=False))
    else:
        _print(found)
    if not found.can_be_applied:
        raise typer.Exit(1)
    if exit_code and found.changing:
        raise typer.Exit(3)


@journey.command()
def apply(
    paths: Paths, as_json: Json = False, over: Over = False,
    publish: Annotated[bool, typer.Option("--publish", help="Make them live as well; without it they become drafts.")] = False,
    by: Annotated[str, typer.Option("--by", help="The address of the member who does it; without one, the installation itself.")] = "",
) -> None:  # fmt: skip
    """Keep documents as drafts, all or none; with --publish, make them live. Doing it again changes nothing. Audited."""
    member = accounts.member_by_email(by) if by else None
    if by and member is None:
        raise NoMember(email=by)
    if member is not None:
        accounts.need(member, "publish")
    found = door.apply(documents(paths).values(), at=clock.now(), publish=publish, by=member.email if member else "", over=over)
    for change in found.changes:
        if change.state in ("new", "changed") or (publish and change.state == "kept"):
            accounts.audit(member, "journey applied", change.key, after={"was": change.state, "published": publish})
    if as_json:
        typer.echo(json.dumps(_plain(found), ensure_ascii=False))
    else:
        _print(found, done=True)
        said.print("They are live." if publish else "They are drafts: `afterword publish KEY`, or apply with --publish, makes them live.")


@journey.command()
def export(
    keys: Annotated[list[str] | None, typer.Argument(help="Keys of journeys; all of them by default.")] = None,
    to: Annotated[Path | None, typer.Option("--to", file_okay=False, help="A folder to write them to, one file each.")] = None,
    drafts: Annotated[bool, typer.Option("--drafts", help="The drafts as they stand, rather than what is live.")] = False,
) -> None:
    """Write journeys as documents, word for word, each with the hash of what it is based on."""
    texts = door.export(keys or (), drafts=drafts)
    if to is None:
        typer.echo("---\n".join(texts.values()), nl=False)
        return
    to.mkdir(parents=True, exist_ok=True)
    for key, text in texts.items():
        (to / f"{key}.yaml").write_text(text, encoding="utf-8")
    said.print(f"{_several(len(texts), 'journey')} written to {to}.")


@journey.command()
def schema() -> None:
    """Print the JSON Schema of a journey's document, for editors."""
    typer.echo(door.reference_pages()["journey.schema.json"], nl=False)


@journey.command()
def gallery(as_json: Json = False, tag: Annotated[str, typer.Option("--tag", help="Only those with this tag.")] = "") -> None:
    """The ready-made journeys. `afterword journey take KEY` makes one a draft."""
    found = [entry for entry in door.gallery() if not tag or tag in entry.tags]
    if as_json:
        typer.echo(json.dumps([{**entry.__dict__, "text": None} for entry in found], ensure_ascii=False))
        return
    for entry in found:
        here = "[dim] (here)[/]" if entry.here else ""
        said.print(f"[b]{entry.key}[/]{here}  {escape(entry.name)}  [dim]{escape(', '.join(entry.tags))}[/]")
        said.print(f"    {escape(entry.about)}", soft_wrap=True)


@journey.command()
def take(key: Key) -> None:
    """Make a draft of a ready-made journey. Nothing runs by that."""
    row = door.take(key, at=clock.now())
    accounts.audit(None, "journey taken", key)
    said.print(f"“{row.name}” is a draft now. Look at it, ask the past (`afterword backtest {key}`), then `afterword publish {key}`.")


@journey.command()
def keep(file: Document) -> None:
    """Keep a document as the draft of its journey, whatever stands there. Nothing runs differently until it is published."""
    row = door.keep_draft(_read(file), at=clock.now())
    said.print(f"Kept as the draft of {row.key}.")


@journey.command()
def show(key: Key) -> None:
    """Print a journey's document word for word."""
    typer.echo(door.text_of(key), nl=False)


# What they have in common ---------------------------------------------------------------------------------------------------


def documents(paths: list[Path]) -> dict[Path, str]:
    """The documents in files and folders, in order."""
    files = [file for path in paths for file in (sorted(path.rglob("*.y*ml")) if path.is_dir() else [path])]
    if not files:
        raise NoDocuments(where=", ".join(map(str, paths)))
    return {file: _read(file) for file in dict.fromkeys(files)}


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise NoText(file=file, byte=error.start + 1) from error


def _plain(found: door.Plan) -> dict[str, Any]:
    return {
        "can_be_applied": found.can_be_applied,
        "changes": [change.plain() for change in found.changes],
        "findings": {key: [one.plain() for one in findings] for key, findings in found.findings.items()},
    }


def _print(found: door.Plan, *, done: bool = False) -> None:
    words = {
        "new": "new", "same": "as it is", "changed": "another text", "conflict": "cannot be applied",
        "kept": "kept as a draft, and not live",
    }  # fmt: skip
    for change in found.changes:
        said.print(f"{SIGNS[change.state]} [b]{change.key}[/]: {words[change.state]}")
        if change.why:
            said.print(f"    {escape(change.why)}", soft_wrap=True)
        for one in change.differences if not done and change.state != "new" else ():
            said.print(f"    {SIGNS[one.kind]} {one.key} ({escape(one.name)}): {escape('; '.join(one.details))}", soft_wrap=True)
        if change.runs and change.differences:
            where = ", ".join(f"{count:,} at {step}" for step, count in change.runs.items())
            said.print(f"    {sum(change.runs.values()):,} under way stay on their version: {where}", soft_wrap=True)
        for finding in found.findings.get(change.key, ()):
            said.print(f"    {finding.level}, line {finding.line}: {escape(finding.said)}. {escape(finding.mend)}", soft_wrap=True)
    if not done:
        count = sum(change.state not in ("same", "conflict") for change in found.changes)
        said.print(f"{_several(count, 'journey')} of {len(found.changes)} would change.")


def _count(found: Mapping[Path, tuple[door.Finding, ...]], level: str) -> int:
    return sum(one.level == level for findings in found.values() for one in findings)


def _several(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
