"""Decisions about one way out: how fast, how long to rest, whether a domain is set up well."""
