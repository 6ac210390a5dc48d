"""What a browser test asked of the database under its driver's loop is not left to the next one."""

from __future__ import annotations

import pytest
from django.db import connection

from afterword.kit import sql, testing

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_two_drivers_in_a_row_each_have_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    for _ in range(2):
        with playwright.sync_playwright():
            assert sql.value("select current_database()") == connection.settings_dict["NAME"]
        testing.let_go()
        assert testing.Databases.present
        testing.Databases.present.fresh()
