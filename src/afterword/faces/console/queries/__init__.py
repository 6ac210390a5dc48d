"""Reads of the console's pages. Each is a fixed number of statements, however much there is."""
