"""Registration of the customers' pages."""

from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    """What a customer reads."""

    name = "afterword.faces.storefront"
    label = "storefront"
