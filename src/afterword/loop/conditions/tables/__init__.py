"""Decisions about many moments at once: conditions as columns."""
