"""A word to stop is one in six languages, and nothing else is."""

from __future__ import annotations

import pytest

from afterword.loop.messages.rules.stops import said


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("STOP", "stop"), (" stop! ", "stop"), ("Stop all.", "stop"), ("Dezabonează", "stop"), ("dezaboneaza-ma", "stop"), ("СТОП", "stop"),
        ("Відписатися", "stop"), ("수신거부", "stop"), ("หยุด", "stop"), ("«Parar»", "stop"), ("START", "start"), ("старт", "start"),
        ("เริ่ม", "start"), ("Começar", "start"), ("시작", "start"), ("Help?", "help"), ("ajutor", "help"), ("допомога", "help"), 
        ("ช่วยเหลือ", "help"),
        ("don't stop writing", None), ("stop by tomorrow", None), ("", None), ("👍", None), ("mulțumesc", None), ("it ended well", None),
    ],
)  # fmt: skip
def test_only_a_whole_answer_counts(text: str, what: str | None) -> None:
    assert said(text) == what
