"""Reads of the messages room: what letters say, the server that carries them, lists for pages."""
