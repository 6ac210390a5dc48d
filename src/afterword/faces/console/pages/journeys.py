"""Journeys: what they are, who is in them, why."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
