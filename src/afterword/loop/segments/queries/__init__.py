"""Reads for the pages of segments: the list, one of them, its people, its past."""
