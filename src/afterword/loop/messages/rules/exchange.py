"""Files for translators: PO, XLIFF 1.2 and XLIFF 2.1, out of units and back into units. Nothing that stands in them is trusted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Literal
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po
from babel.plural import to_gettext

from afterword.kernel.errors import Refused

from .catalogues import plural_tags
from .segments import FORM, Unit

Form = Literal["po", "xliff", "xliff12"]
Units = Mapping[str, Sequence[Unit]]  # message key → its units
LARGEST = 10_000_000  # bytes
_SPACES = {"1.2": "{urn:oasis:names:tc:xliff:document:1.2}", "2": "{urn:oasis:names:tc:xliff:document:2.0}"}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class NotAFile(Refused):
    """This cannot be read as {form}: {fault}."""


def written(units: Units, source: str, target: str, form: Form) -> bytes:
    """The file of these texts, from one language into another."""
    if form == "po":
        return _po(units, target)
    return (_xliff_2 if form == "xliff" else _xliff_12)(units, source, target).encode()


def read(raw: bytes) -> tuple[str, dict[str, dict[str, Unit]]]:
    """The language that a file translates into (empty: it does not say), and its units by message and name. Raises NotAFile."""
    if len(raw) > LARGEST:
        raise NotAFile(form="a file of translations", fault=f"it is larger than {LARGEST:,} bytes")
    head = raw.lstrip(b"\xef\xbb\xbf \r\n\t")[:5]
    return _read_xliff(raw) if head.startswith(b"<") else _read_po(raw)


def _po(units: Units, target: str) -> bytes:
    made = Catalog(locale=target.replace("-", "_"), project="Afterword", charset="utf-8", fuzzy=False)
    made.mime_headers = [*made.mime_headers, ("Plural-Forms", _plural_forms(target))]
    for key, those in units.items():
        forms: dict[str, dict[str, Unit]] = {}
        for unit in those:
            if form := FORM.fullmatch(unit.name):
                forms.setdefault(form.group(1), {})[form.group(2)] = unit
            else:
                made.add(unit.source, unit.target, context=f"{key}:{unit.name}")
        for name, there in forms.items():
            first, last = there.get("one") or next(iter(there.values())), list(there.values())[-1]
            targets = tuple(there[tag].target if tag in there else "" for tag in plural_tags(target))
            made.add((first.source, last.source), targets, context=f"{key}:{name}")
    out = BytesIO()
    write_po(out, made, width=0, omit_header=False)
    return out.getvalue()


def _plural_forms(locale: str) -> str:
    """How a PO file says which form a number takes, in CLDR's order."""
    try:
        return to_gettext(Locale.parse(locale, sep="-").plural_form)
    except (UnknownLocaleError, ValueError):
        return "nplurals=2; plural=(n != 1)"


def _read_po(raw: bytes) -> tuple[str, dict[str, dict[str, Unit]]]:
    try:
        made = read_po(BytesIO(raw), abort_invalid=True)
    except (PoFileError, ValueError, LookupError) as fault:
        raise NotAFile(form="PO", fault=str(fault) or "it is damaged") from fault
    found: dict[str, dict[str, Unit]] = {}
    for one in made:
        key, colon, name = (one.context or "").partition(":")
        if one.id and colon and isinstance(one.id, str) and isinstance(one.string, str):
            found.setdefault(key, {})[name] = Unit(name, one.id, "" if one.fuzzy else one.string)
        elif one.id and colon and isinstance(one.id, tuple | list):
            given = tuple(one.string) if isinstance(one.string, tuple | list) and not one.fuzzy else ()
            found.setdefault(key, {}).update(_forms(name, tuple(one.id), given, str(made.locale_identifier or "").replace("_", "-")))
    if not found:
        raise NotAFile(form="PO", fault="there is no text of a message in it")
    return str(made.locale_identifier or "").replace("_", "-"), found


def _forms(name: str, source: tuple[str, ...], given: tuple[str, ...], locale: str) -> dict[str, Unit]:
    """The forms of a word, each a unit. A tool that knows fewer forms than CLDR means its last one for all further ones."""
    tags, found = plural_tags(locale), {}
    for at, tag in enumerate(tags):
        text = (given[at] if at < len(given) else given[-1]) if given else ""
        found[f"{name}[{tag}]"] = Unit(f"{name}[{tag}]", source[0] if tag == "one" else source[-1], text)
    return found


def _text(text: str) -> str:
    return escape(_CONTROL.sub("", text))


def _xliff_2(units: Units, source: str, target: str) -> str:
    files = []
    for key, those in units.items():
        made = "".join(_unit(unit) for unit in those)
        files.append(f"<file id={quoteattr(key)} original={quoteattr(key)}>\n{made}</file>\n")
    head = f'<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1" srcLang={quoteattr(source)} trgLang={quoteattr(target)}>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}\n{"".join(files)}</xliff>\n'


def _unit(unit: Unit) -> str:
    state = "translated" if unit.target else "initial"
    said = f'<target xml:space="preserve">{_text(unit.target)}</target>' if unit.target else ""
    source = f'<source xml:space="preserve">{_text(unit.source)}</source>'
    return f'<unit id={quoteattr(_id(unit.name))} name={quoteattr(unit.name)}><segment state="{state}">{source}{said}</segment></unit>\n'


def _id(name: str) -> str:
    """A name as an NMTOKEN, as XLIFF 2 wants ids."""
    return re.sub(r"[^\w.:-]", lambda sign: f"_{ord(sign.group()):x}", name, flags=re.ASCII)


def _xliff_12(units: Units, source: str, target: str) -> str:
    files = []
    for key, those in units.items():
        made = "".join(
            f'<trans-unit id={quoteattr(unit.name)} xml:space="preserve"><source>{_text(unit.source)}</source>'
            f"{f'<target>{_text(unit.target)}</target>' if unit.target else ''}</trans-unit>\n"
            for unit in those
        )
        heads = f'original={quoteattr(key)} source-language={quoteattr(source)} target-language={quoteattr(target)} datatype="plaintext"'
        files.append(f"<file {heads}>\n<body>\n{made}</body>\n</file>\n")
    head = '<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2">'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}\n{"".join(files)}</xliff>\n'


def _read_xliff(raw: bytes) -> tuple[str, dict[str, dict[str, Unit]]]:
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        raise NotAFile(form="XLIFF", fault="it declares entities, which are not read")
    try:
        root = ElementTree.fromstring(raw)  # noqa: S314 - nothing is declared in it, so nothing can be expanded
    except ElementTree.ParseError as fault:
        raise NotAFile(form="XLIFF", fault=str(fault)) from fault
    old = root.tag == f"{_SPACES['1.2']}xliff"
    if not old and root.tag != f"{_SPACES['2']}xliff":
        raise NotAFile(form="XLIFF", fault="its first element is not xliff of version 1.2 or 2")
    space = _SPACES["1.2" if old else "2"]
    found: dict[str, dict[str, Unit]] = {}
    target = "" if old else root.get("trgLang", "")
    for file in root.iter(f"{space}file"):
        key = file.get("original") or file.get("id") or ""
        target = target or file.get("target-language", "")
        for one in file.iter(f"{space}{'trans-unit' if old else 'unit'}"):
            name = one.get("id" if old else "name") or one.get("id") or ""
            found.setdefault(key, {})[name] = Unit(name, _inner(one, f"{space}source"), _inner(one, f"{space}target"))
    if not found:
        raise NotAFile(form="XLIFF", fault="there is no text in it")
    return target, found


def _inner(unit: ElementTree.Element, tag: str) -> str:
    return "".join("".join(one.itertext()) for one in unit.iter(tag))
