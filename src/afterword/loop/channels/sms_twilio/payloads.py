"""How an SMS is cut: 160 characters of GSM 03.38 or 70 of UCS-2, less in each where there are several."""

from __future__ import annotations

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWICE = frozenset("\f^{}\\[~]|€")  # each is an escape and a character
# Typographic signs that GSM lacks, written plainly: one curly quote would more than double the price of a whole message.
PLAIN = str.maketrans({
    "‘": "'", "’": "'", "‚": ",", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ",
    "\u202f": " ", "\u2009": " ", "‹": "<", "›": ">", "•": "-", "\t": " ",
})  # fmt: skip


def plain(text: str) -> str:
    """The text with typographic signs written plainly, if that makes it fit GSM 03.38; else as it is."""
    simple = text.translate(PLAIN)
    return simple if fits_gsm(simple) else text


def fits_gsm(text: str) -> bool:
    """Whether all of it can be said in GSM 03.38."""
    return all(character in GSM or character in TWICE for character in text)


def segments(text: str) -> int:
    """How many SMS a text becomes. No character is cut in two: an escape or a surrogate pair moves to the next as a whole."""
    if fits_gsm(text):
        return _cut([2 if character in TWICE else 1 for character in text], 160, 153)
    return _cut([2 if ord(character) > 0xFFFF else 1 for character in text], 70, 67)


def _cut(widths: list[int], whole: int, part: int) -> int:
    if sum(widths) <= whole:
        return 1
    pieces, used = 1, 0
    for width in widths:
        if used + width > part:
            pieces, used = pieces + 1, 0
        used += width
    return pieces
