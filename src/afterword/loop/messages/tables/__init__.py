"""Decisions about many intents at once: the guard."""
