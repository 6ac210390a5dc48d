"""Reads of the journeys room: why, counts, lists."""
