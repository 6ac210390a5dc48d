"""A brand is tried on a real letter before it is kept; a logo is taken in as a picture and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from afterword.loop.accounts import door as accounts

from .conftest import Shop

Browser = Callable[[Any], Client]
LETTER = "/settings/stores/main/letter"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


@pytest.fixture(autouse=True)
def _files(shop: Shop, tmp_path: Path, settings: Any) -> None:
    here = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": here}


def test_a_letter_wears_what_the_form_says_and_nothing_is_kept(signed_in: Browser, alice: Any) -> None:
    browser = signed_in(alice)
    before = accounts.store("main")
    made = browser.get(LETTER, {"colour": "#aa1166", "language": "ro", "name": "Altceva", "light": "dark"})
    html = made.content.decode()
    assert made.headers["Content-Security-Policy"].endswith("sandbox")
    assert "#aa1166" in html
    assert "Altceva" in html
    assert "Ana" in html
    assert "prefers-color-scheme: dark" not in html
    assert accounts.store("main") == before
    half = browser.get(LETTER, {"colour": "#aa", "voice": "shouting", "message": "csat"}).content.decode()
    assert before.brand.colour in half
    assert browser.get(LETTER, {"message": "nothing"}).status_code == 200


def test_without_an_order_the_frame_of_the_letter_says_so(signed_in: Browser, alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("afterword.loop.messages.door.listing.latest_order", lambda stores: None)
    said = signed_in(alice).get(LETTER)
    assert "As soon as one is told" in said.content.decode()
    assert "frame-ancestors 'self'" in said.headers["Content-Security-Policy"]
    assert said.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_who_may_not_see_names_tries_a_letter_without_any(signed_in: Browser, dana: Any) -> None:
    html = signed_in(dana).get(LETTER).content.decode()
    for name in ("Ana", "Popovici", "ana@example.com", "A1"):
        assert name not in html, name


def test_a_letter_of_a_store_is_for_those_who_change_it(signed_in: Browser, bob: Any, mihai: Any) -> None:
    assert signed_in(bob).get(LETTER).status_code == 403
    assert signed_in(mihai).get(LETTER).status_code == 403
    assert signed_in(mihai).post("/settings/stores/main/logo").status_code == 403


def test_a_logo_is_kept_served_and_worn(signed_in: Browser, alice: Any, client: Client) -> None:
    browser = signed_in(alice)
    browser.post("/settings/stores/main/logo", {"logo": SimpleUploadedFile("Logo.PNG", PNG)})
    address = accounts.store("main").brand.logo_url
    path = address[address.index("/look/") :]
    got = client.get(path)
    assert (got.status_code, got.content, got.headers["Content-Type"]) == (200, PNG, "image/png")
    assert not got.cookies
    assert address in browser.get(LETTER).content.decode()
    for wrong in (b"<svg onload=alert(1)>", b"", PNG + b"x" * 300_000):
        said = browser.post("/settings/stores/main/logo", {"logo": SimpleUploadedFile("a.png", wrong)}, follow=True)
        assert "notice--bad" in said.content.decode()
    assert accounts.store("main").brand.logo_url == address
    for name in ("../secret_key", "main-0000000000000000.png", "x.svg"):
        assert client.get(f"/look/logo/{name}").status_code == 404
