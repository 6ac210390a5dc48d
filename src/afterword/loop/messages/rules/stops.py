"""Answers that say one thing only: no more, again please, help. Whole answers in the languages that ship, whatever their case and marks."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Literal

Said = Literal["stop", "start", "help"]
WORDS: Mapping[Said, frozenset[str]] = {
    "stop": frozenset({
        "stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "optout", "opt out", "revoke",
        "dezabonare", "dezaboneaza", "dezaboneaza ma", "opreste", "opriti", "renunt",
        "стоп", "відписатися", "відписатись", "відписка", "відпишіть", "не писати",
        "수신거부", "수신 거부", "거부", "중지", "그만", "해지",
        "หยุด", "ยกเลิก", "เลิกรับ", "ยกเลิกรับข่าวสาร",
        "parar", "pare", "sair", "cancelar", "descadastrar", "remover",
    }),
    "start": frozenset({
        "start", "unstop", "subscribe", "opt in", "optin",
        "aboneaza", "aboneaza ma", "abonare", "porneste",
        "старт", "підписатися", "підписатись", "почати",
        "시작", "수신동의", "수신 동의", "재개",
        "เริ่ม", "สมัคร", "รับข่าวสาร",
        "iniciar", "comecar", "voltar", "assinar",
    }),
    "help": frozenset({
        "help", "info", "ajutor", "допомога", "довідка", "도움말", "도움", "ช่วยเหลือ", "ช่วยด้วย", "ajuda",
    }),
}  # fmt: skip


def said(text: str) -> Said | None:
    """What an answer says, if it says nothing else. Latin letters count without their marks; other scripts as they are."""
    plain = normal(text)
    return next((what for what, words in WORDS.items() if plain in words), None)


def normal(text: str) -> str:
    """In small letters, without punctuation and Latin accents, with single blanks. Marks of Thai and Hangul are letters, and stay."""
    kept = "".join(
        "".join(c for c in unicodedata.normalize("NFD", one) if not unicodedata.combining(c))
        if "LATIN" in unicodedata.name(one, "")
        else one
        for one in unicodedata.normalize("NFC", text)[:200].casefold()
    )
    return " ".join("".join(" " if unicodedata.category(c)[0] in "PS" else c for c in kept).split())
