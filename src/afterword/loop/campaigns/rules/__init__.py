"""Decisions about one campaign: its plan, its instants, its numbers."""
