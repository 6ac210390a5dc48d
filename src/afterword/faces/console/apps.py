"""Registration of the console."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The team's console."""

    name = "afterword.faces.console"
    label = "console"
    verbose_name = "Console"
