"""Reads what is recorded beside each channel: `<channel>/samples/*.http`, requests and answers in the form their provider documents.

A file begins with what it follows (`# Documented: …`). Its parts begin with `### name`, then come lines `# key: value` that say what we
make of it, then a start line (`POST /path` or `HTTP/1.1 200 OK`), headers, an empty line and the body. `settings.json` is what a shop would
have filled in. No secret in it is anybody's, and its numbers are those that are kept free for films.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from afterword.loop.channels.types import Call, Link, Note

from .samples_double import NOW, Answer, note

ROOM = Path(__file__).parents[1]
HOST = "https://care.shop.example"


@dataclass(frozen=True)
class Sample:
    """One part of a file. `says`: its lines of ours, by key."""

    name: str
    says: Mapping[str, str]
    start: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def status(self) -> int:
        return int(self.start.split()[1])

    def answer(self, **changed: Any) -> Answer:
        """As a double gives it, with some of its fields of its own."""
        return self.status, dict(self.headers), json.dumps({**self.json, **changed}).encode() if changed else self.body

    def call(self) -> Call:
        """As it comes in at our door."""
        method, path = self.start.split()[:2]
        query = dict(parse_qsl(urlsplit(path).query))
        return Call(method, HOST + path, query, {name.lower(): value for name, value in self.headers.items()}, self.body)

    def note(self) -> Note:
        """The note that becomes this request (`# note: {…}`)."""
        given = json.loads(self.says["note"])
        if "id" in given:
            given["id"] = UUID(given["id"])
        given["links"] = tuple(Link(*one) for one in given.get("links", ()))
        return note(given.pop("recipient"), at=NOW, **given)


@cache
def samples(channel: str, file: str) -> Mapping[str, Sample]:
    """The parts of one file, by name."""
    text = (ROOM / channel / "samples" / f"{file}.http").read_text(encoding="utf-8")
    assert text.startswith("# Documented: "), f"{channel}/{file} does not say which documentation it follows"
    return {one.name: one for one in map(_part, text.split("\n### ")[1:])}


@cache
def settings(channel: str) -> Mapping[str, str]:
    """What a shop would have filled in."""
    found: dict[str, str] = json.loads((ROOM / channel / "samples" / "settings.json").read_text(encoding="utf-8"))
    return found


def _part(text: str) -> Sample:
    head, _, body = text.partition("\n\n")
    name, *lines = head.splitlines()
    says = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
    start, *headers = [line for line in lines if not line.startswith("#")]
    pairs = (line.split(": ", 1) for line in headers)
    return Sample(name, says, start, {key.lower(): value for key, value in pairs}, body.rstrip("\n").encode())
