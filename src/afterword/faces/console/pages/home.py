"""Home: what happened today and what needs a person."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
