"""Decisions about one segment: what its condition means, of which parts it is made, and which ones come ready-made."""
