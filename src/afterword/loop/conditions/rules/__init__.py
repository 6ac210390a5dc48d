"""Decisions about one condition: what its text means."""
