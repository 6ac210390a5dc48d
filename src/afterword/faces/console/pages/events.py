"""The log: its live tail, one event, the schema of each."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
