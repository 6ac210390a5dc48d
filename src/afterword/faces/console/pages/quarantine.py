"""What could not be understood."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
