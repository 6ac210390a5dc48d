"""Registration of the accounts room."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Company, stores, team, keys, audit."""

    name = "afterword.loop.accounts"
    verbose_name = "Accounts"
