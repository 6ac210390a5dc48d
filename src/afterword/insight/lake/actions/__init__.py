"""Writes of the lake: export what is new."""
