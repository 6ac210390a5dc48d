"""DATABASE_URL."""

from __future__ import annotations

import pytest

from afterword.kit.env import BadSetting
from afterword.kit.postgres.address import from_url, url_of


def test_a_url_becomes_settings_with_its_parts_unquoted() -> None:
    got = from_url("postgresql://ann:p%40ss@db.example:5433/shop?sslmode=require")
    assert got == {
        "NAME": "shop",
        "USER": "ann",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_socket_folder_may_stand_in_the_query() -> None:
    assert from_url("postgres:///shop?host=/run/postgresql")["HOST"] == "/run/postgresql"


@pytest.mark.parametrize("url", ["mysql://a/b", "postgresql://host", "shop"])
def test_what_is_no_postgresql_url_is_refused_without_repeating_a_password(url: str) -> None:
    with pytest.raises(BadSetting, match="DATABASE_URL"):
        from_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:p%40s%26s@db.example:5433/shop?sslmode=require",
        "postgres:///my%20shop?host=/run/post%20gres&user=bob",
        "postgres:///x",
    ],
)
def test_settings_become_a_url_that_says_the_same(url: str) -> None:
    settings = from_url(url)
    assert from_url(url_of(settings)) == settings
    assert from_url(url_of({**settings, "OPTIONS": {**settings["OPTIONS"], "application_name": "afterword"}})) == settings
