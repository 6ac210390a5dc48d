"""Translations are compiled when they are newer than what was compiled before."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

from afterword.project.catalogues import compile_all

PO = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : (n==0 || (n!=1 && n%100>=1 && n%100<=19)) ? 1 : 2);\\n"

msgid "one parcel"
msgid_plural "%d parcels"
msgstr[0] "un colet"
msgstr[1] "%d colete"
msgstr[2] "%d de colete"
"""


def test_a_changed_catalogue_is_compiled_once_with_its_plurals(tmp_path: Path) -> None:
    po = tmp_path / "room" / "locale" / "ro" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text(PO, encoding="utf-8")
    assert compile_all(tmp_path) == 1
    assert compile_all(tmp_path) == 0
    with po.with_suffix(".mo").open("rb") as file:
        words = gettext.GNUTranslations(file)
    assert [words.ngettext("one parcel", "%d parcels", n) for n in (1, 2, 20)] == ["un colet", "%d colete", "%d de colete"]
    os.utime(po, (po.stat().st_mtime + 10, po.stat().st_mtime + 10))
    assert compile_all(tmp_path) == 1
