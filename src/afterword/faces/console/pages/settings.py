"""Settings of the company and its stores."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
