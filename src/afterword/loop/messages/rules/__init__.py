"""Decisions about one message: what it says (render), how it is dressed (mjml, mime), what its links are worth (links)."""
