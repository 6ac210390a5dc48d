"""Customers, and all that is known of one."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
