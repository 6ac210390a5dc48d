"""The addresses of our own API."""

from __future__ import annotations

from django.urls import path

from . import hooks

urlpatterns = [path("openapi.json", hooks.openapi), path("", hooks.api.urls)]
