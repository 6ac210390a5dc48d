"""Registration of the log."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The event log."""

    name = "afterword.loop.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Teach the vocabulary the events defined here."""
        from django.db.models.signals import post_migrate

        from . import door
        from .events import EVENTS

        door.vocabulary.register(EVENTS)
        post_migrate.connect(_print_views, sender=self, dispatch_uid="afterword.views")  # the migration's own hook: views follow it


def _print_views(**_: Any) -> None:
    """The typed views are printed anew when migrations have run, however they were run."""
    from django.db import connection

    from . import door

    if "event" in connection.introspection.table_names():
        door.print_views()
