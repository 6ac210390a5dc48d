"""Afterword: everything a shop says and does after a customer has bought, on one log of events."""

__version__ = "0.1.0"
