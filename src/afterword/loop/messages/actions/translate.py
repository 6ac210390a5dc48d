"""Texts to translators and back: an export of what the shop wrote, and an import that takes what fits and names what does not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from afterword.kernel.errors import Refused

from ..queries.wordings import drafts
from ..rules.exchange import Form, NotAFile, read, written
from ..rules.segments import Fault, source_of, translated, units
from ..rules.wording import document, is_language
from .write import save_message


@dataclass(frozen=True)
class Taken:
    """What came of an import: messages that changed, texts that were taken, and those that were not, with the reason."""

    changed: tuple[str, ...]
    texts: int
    faults: tuple[Fault, ...]


def export_texts(target: str, form: Form, keys: Iterable[str] | None = None) -> bytes:
    """The texts of what the shop wrote, to be translated into a language. Raises NotAFile where there is nothing to translate."""
    wanted = set(keys) if keys is not None else None
    found, source = {}, ""
    for key, draft in drafts().items():
        first = source_of(draft.wording)
        if (wanted is None or key in wanted) and first != target:
            found[key] = units(draft.wording, first, target)
            source = source or first
    if not any(found.values()):
        raise NotAFile(form=form, fault="there is nothing to translate")
    return written({key: those for key, those in found.items() if those}, source, target, form)


def import_texts(raw: bytes, *, at: datetime, by: str = "", target: str = "") -> Taken:
    """Take translations in as drafts. What does not fit is named and changes nothing; the rest is kept. Raises NotAFile."""
    said, given = read(raw)
    language = target or said
    if not language or not is_language(language):
        raise NotAFile(form="a file of translations", fault="it does not say into which language it translates")
    there, changed, texts, faults = drafts(), list[str](), 0, list[Fault]()
    for key, those in given.items():
        if key not in there:
            faults.append(Fault(key, "there is no such message"))
            continue
        before = there[key].wording
        after, wrong = translated(before, source_of(before), language, those)
        faults += wrong
        texts += sum(bool(unit.target.strip()) for unit in those.values()) - len(wrong)
        if after != before:
            try:
                save_message(document(after), base=there[key].mark, at=at, by=by)
                changed.append(key)
            except Refused as refusal:
                faults.append(Fault(key, str(refusal)))
    return Taken(tuple(changed), texts, tuple(faults))
