"""Reads for the pages of campaigns."""
