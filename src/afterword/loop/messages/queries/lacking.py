"""What a message lacks, whether it ships or the shop wrote it."""

from __future__ import annotations

from collections.abc import Iterable

from ..rules import gaps as shipping
from ..rules.catalogues import OWN_NAMES
from ..rules.gaps import Gap
from ..rules.shipped import MESSAGES
from ..rules.wording import nearest
from .wordings import live


def gaps(message: str, languages: Iterable[str]) -> tuple[Gap, ...]:
    """What a message lacks for customers who speak these languages."""
    wished = tuple(languages)
    if message in MESSAGES:
        return shipping.gaps(message, wished)
    wording = live([message]).get(message)
    if wording is None:
        return ()
    there = wording.languages
    lent = {one: nearest([one], there) for one in dict.fromkeys(wished)}
    return tuple(
        Gap("language", one, OWN_NAMES.get(other, other)) for one, other in lent.items() if other.split("-")[0] != one.split("-")[0].lower()
    )
