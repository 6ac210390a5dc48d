"""Decisions about one errand."""
