"""Forms for the settings of a step, printed from its JSON Schema, and read back into plain values. No kind of step is known here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from afterword.kernel.marks import gettext_noop

Kind = Literal["text", "choice", "number", "flag", "condition", "either", "group", "rows", "list"]
Schema = Mapping[str, Any]
RARE = ("salt", "look_back", "from", "channel", "any", "same", "holidays", "on_drop")
MOST_ROWS = 30
_WHOLE, _REAL = re.compile(r"^-?\d+$"), re.compile(r"^-?\d+\.\d+$")


@dataclass(frozen=True)
class Field:
    """One field of a form, or several of them: `fields` are the parts of a group, the rows of a list, the settings of a choice."""

    path: str
    kind: Kind
    label: str
    value: Any = ""
    choices: tuple[str, ...] = ()
    hint: str = ""
    required: bool = False
    fields: tuple[Field, ...] = ()
    key: str = ""

    @property
    def rare(self) -> bool:
        """Whether it is seldom needed, and empty."""
        return self.path.rsplit(".", 1)[-1] in RARE and not self.required and self.value in ("", [], None)

    def walk(self) -> list[Field]:
        """This field and all below it."""
        return [self, *(one for part in self.fields for one in part.walk())]


def printed(schema: Schema, value: Any, path: str = "f", label: str = "", *, required: bool = True) -> Field:
    """The form of a value."""
    hint = str(schema.get("description", "")).replace("`", "")
    whole, short = _object(schema)
    if whole is not None and short is not None:
        given, needed = _long(whole, short, value), whole.get("required", ())
        parts = tuple(
            printed(one, given.get(name, ""), f"{path}.{name}", worded(name), required=name in needed)
            for name, one in whole["properties"].items()
        )
        return Field(path, "group", label, given, fields=parts, hint=hint, required=required)
    if whole is not None:
        return _either(schema, whole, value, path, label)
    plain = _scalar(schema)
    if isinstance(plain.get("additionalProperties"), Mapping):
        rows = value.items() if isinstance(value, Mapping) else ()
        parts = tuple(_row(plain["additionalProperties"], f"{path}.{n}", str(k), one) for n, (k, one) in enumerate(rows))
        return Field(path, "rows", label, value, fields=parts, hint=hint, required=required)
    if plain.get("type") == "array":
        items = value if isinstance(value, list) else []
        parts = tuple(printed(plain["items"], one, f"{path}.{n}", required=True) for n, one in enumerate(items))
        return Field(path, "list", label, items, fields=parts, hint=hint, required=required)
    return Field(
        path,
        _kind(plain),
        label,
        "" if value is None else value,
        choices=tuple(map(str, plain.get("enum", ()))),
        hint=hint,
        required=required,
    )


def read(schema: Schema, given: Mapping[str, str], old: Any = None, path: str = "f") -> Any:
    """The value that a filled-in form means; None where nothing was filled in. What the form does not know stays as it was."""
    whole, short = _object(schema)
    if whole is not None and short is not None:
        before = _long(whole, short, old)
        out = {name: one for name, one in before.items() if name not in whole["properties"]}
        for name, part in whole["properties"].items():
            found = read(part, given, before.get(name), f"{path}.{name}")
            if found not in (None, "", [], {}):
                out[name] = found
        is_short = set(out) == {short} and _takes_short(schema) and not (isinstance(old, Mapping) and short in old)
        return out[short] if is_short else out or None
    if whole is not None:
        chosen = given.get(path, "")
        name = next((n for n in whole["properties"] if n == chosen), None)
        return {name: given.get(f"{path}.{name}", "") or "30d"} if name else chosen or None
    plain = _scalar(schema)
    if isinstance(plain.get("additionalProperties"), Mapping):
        rows = {}
        for n in _numbers(given, path):
            key = _plain_key(given.get(f"{path}.{n}.key", ""))
            if key:
                rows[key] = read(plain["additionalProperties"], given, None, f"{path}.{n}.value")
        return rows
    if plain.get("type") == "array":
        return [one for n in _numbers(given, path) if (one := read(plain["items"], given, _at(old, n), f"{path}.{n}")) not in (None, "")]
    return _typed(plain, given.get(path), old)


def renames(schema: Schema, given: Mapping[str, str], path: str = "f") -> dict[str, str]:
    """Which free names were changed: an outcome that has another name now."""
    out = {}
    for name, was in given.items():
        if name.startswith(path + ".") and name.endswith(".was") and was:
            now = _plain_key(given.get(name.removesuffix("was") + "key", ""))
            if now and now != was:
                out[was] = now
    return out


def grown(schema: Schema, value: Any, path: str) -> Any:
    """The value with one more row at a path of its form."""
    return _at_path(schema, value, path.split(".")[1:], _with_row)


def worded(name: str) -> str:
    """A setting as people say it."""
    return {
        "for": gettext_noop("For"),
        "until": gettext_noop("Until"),
        "limit": gettext_noop("Without a date, at most"),
        "at": gettext_noop("Then until"),
        "within": gettext_noop("At most"),
        "where": gettext_noop("Only if"),
        "useful_for": gettext_noop("No use after"),
        "on_drop": gettext_noop("If it is not sent"),
        "any": gettext_noop("Or one of these"),
        "same": gettext_noop("Of the same"),
        "look_back": gettext_noop("Also counts what came so long before"),
        "max_age": gettext_noop("No use if older than"),
        "reentry": gettext_noop("Who may come again"),
        "arms": gettext_noop("Arms and their weights"),
        "by": gettext_noop("Drawn by"),
        "from": gettext_noop("Counted from the sending of"),
    }.get(name, name.replace("_", " ").capitalize())


# Shapes ---------------------------------------------------------------------------------------------------------------------


def _object(schema: Schema) -> tuple[Schema | None, str | None]:
    """The alternative with named settings, and which of them is meant where only one value is given; None for a choice beside it."""
    ways = schema.get("anyOf", [schema])
    whole = next((one for one in ways if "properties" in one), None)
    if whole is None:
        return None, None
    names, others = list(whole["properties"]), [one for one in ways if one is not whole]
    short = next((n for n in names if any(_same(one, whole["properties"][n]) for one in others)), None)
    if short is None and any("enum" in one for one in others):
        return whole, None
    return whole, short or (whole.get("required") or names)[0]


def _same(one: Schema, other: Schema) -> bool:
    return {k: v for k, v in one.items() if k != "description"} == {k: v for k, v in other.items() if k != "description"}


def _takes_short(schema: Schema) -> bool:
    return "anyOf" in schema


def _long(whole: Schema, short: str, value: Any) -> dict[str, Any]:
    """A value with its names, also where only one value was given."""
    names = whole["properties"]
    if not isinstance(value, Mapping):
        return {} if value in (None, "") else {short: value}
    if isinstance(names[short].get("additionalProperties"), Mapping) and short not in value:
        return {short: {k: v for k, v in value.items() if k not in names}, **{k: v for k, v in value.items() if k in names}}
    return dict(value)


def _scalar(schema: Schema) -> Schema:
    """The alternative that a single field stands for."""
    ways = schema.get("anyOf")
    return schema if not ways else next((one for one in ways if one.get("type") == "array" or "enum" in one), ways[0])


def _kind(schema: Schema) -> Kind:
    if "enum" in schema:
        return "choice"
    if str(schema.get("description", "")).startswith("a condition"):
        return "condition"
    return {"integer": "number", "number": "number", "boolean": "flag"}.get(str(schema.get("type")), "text")  # type: ignore[return-value]


def _either(schema: Schema, whole: Schema, value: Any, path: str, label: str) -> Field:
    """A choice of words, or one with a setting of its own."""
    words = next(one["enum"] for one in schema["anyOf"] if "enum" in one)
    name = next(iter(value), "") if isinstance(value, Mapping) else str(value or "")
    parts = tuple(
        printed(one, value.get(n, "") if isinstance(value, Mapping) else "", f"{path}.{n}", worded(n), required=False)
        for n, one in whole["properties"].items()
    )
    return Field(path, "either", label, name, (*map(str, words), *whole["properties"]), fields=parts)


def _row(schema: Schema, path: str, key: str, value: Any) -> Field:
    part = printed(schema, value, f"{path}.value")
    return Field(path, part.kind, key, part.value, part.choices, key=key, required=True, fields=part.fields)


def _typed(schema: Schema, given: str | None, old: Any) -> Any:
    """The value of one field; a number where a number stood or is asked for."""
    if given is None:
        return old
    given = given.strip()
    if schema.get("type") == "boolean":
        return given == "on"
    numeric = schema.get("type") in ("integer", "number") or (isinstance(old, int | float) and not isinstance(old, bool))
    if numeric and _WHOLE.match(given):
        return int(given)
    if numeric and _REAL.match(given):
        return float(given)
    return given or None


def _numbers(given: Mapping[str, str], path: str) -> list[int]:
    found = {int(m.group(1)) for name in given if (m := re.match(re.escape(path) + r"\.(\d+)(\.|$)", name))}
    return sorted(found)[:MOST_ROWS]


def _plain_key(given: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "_", given.strip().lower()).strip("_")[:60]


def _at(old: Any, n: int) -> Any:
    return old[n] if isinstance(old, list) and n < len(old) else None


def _at_path(schema: Schema, value: Any, parts: list[str], change: Any) -> Any:
    whole, short = _object(schema)
    if whole is not None and short is not None:
        given = _long(whole, short, value)
        name = parts[0] if parts else short
        inner = _at_path(whole["properties"][name], given.get(name), parts[1:], change)
        return inner if not parts and not (isinstance(value, Mapping) and short in value) else {**given, name: inner}
    return change(_scalar(schema), value)


def _with_row(schema: Schema, value: Any) -> Any:
    if isinstance(schema.get("additionalProperties"), Mapping):
        rows = dict(value or {})
        part = schema["additionalProperties"]
        taken = [name for name in "abcdefgh" if name not in rows]
        is_number = part.get("type") == "number"
        name = taken[0] if is_number and taken else next(n for i in range(1, 100) if (n := f"case_{i}") not in rows)
        return {**rows, name: 50 if is_number else "order.total > 50"}
    return [*(value or []), begun(schema["items"])]


def begun(schema: Schema) -> Any:
    """A value to start from: of a choice the first, of what is required something."""
    whole, short = _object(schema)
    if whole is not None and short is not None:
        needed = list(whole.get("required") or [short])
        out = {name: begun(whole["properties"][name]) for name in needed}
        return out[short] if set(out) == {short} and _takes_short(schema) else out
    plain = _scalar(schema)
    if "enum" in plain:
        return plain["enum"][0]
    if str(plain.get("pattern", "")).endswith(r"[smhdw]\s*$"):
        return "3d"
    return {"integer": 1, "number": 1, "boolean": False, "array": []}.get(str(plain.get("type")), "")
