"""Writes of the consent room: what customers say, what is taken over from elsewhere, and the past that follows from the log."""
