"""Decisions about many visits: the composer that turns steps into one pass, and the pass's own tables."""
