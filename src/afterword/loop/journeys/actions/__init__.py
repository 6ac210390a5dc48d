"""Writes of the journeys room: keep a draft, publish, tick."""
