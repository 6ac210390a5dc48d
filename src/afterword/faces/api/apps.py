"""Registration of the machines' entrance."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The machines' entrance."""

    name = "afterword.faces.api"
    label = "api"
