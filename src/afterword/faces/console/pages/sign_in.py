"""Signing in and out."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
