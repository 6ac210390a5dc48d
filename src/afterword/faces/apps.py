"""Registers the shared look: tokens, components, icons and the tags that print them."""

from django.apps import AppConfig


class FacesConfig(AppConfig):
    """The static design system and its template tags; every face uses them."""

    name = "afterword.faces"
    label = "faces"
    verbose_name = "The look"
