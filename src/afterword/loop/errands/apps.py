"""Registration of errands, and of the kinds that come with the house."""

from __future__ import annotations

from django.apps import AppConfig

from afterword.kernel.marks import gettext_noop


class ErrandsConfig(AppConfig):
    """What journeys have done besides writing."""

    name = "afterword.loop.errands"
    label = "errands"
    verbose_name = "Errands"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Teach the vocabulary this room's events; register tasks, tags and calls."""
        from afterword.loop.events.door import vocabulary

        from .actions import call, inside
        from .actions.perform import register_kind
        from .events import EVENTS
        from .rules import settings, words
        from .types import Kind

        vocabulary.register(EVENTS)
        for kind in (
            Kind(
                "task", gettext_noop("Task"), "check-circle", settings.TASK, settings.task, inside.open_tasks, speak=words.task,
                about=gettext_noop("Gives somebody of the team something to do; it stands under Tasks."),
            ),
            Kind(
                "tag", gettext_noop("Tag"), "star", settings.TAG, settings.tag, inside.tag, speak=words.tag,
                about=gettext_noop("Puts a tag on the customer, by which segments can find them."),
            ),
            Kind(
                "untag", gettext_noop("Take a tag off"), "minus", settings.TAG, settings.tag, inside.untag, speak=words.tag,
                about=gettext_noop("Takes a tag off the customer again."),
            ),
            Kind(
                "webhook", gettext_noop("Call another system"), "arrow-up", settings.WEBHOOK, settings.webhook, call.call, leaves=True,
                speak=words.webhook, about=gettext_noop("Tells another system, at an address that stands in Settings."),
            ),
        ):  # fmt: skip
            register_kind(kind)
