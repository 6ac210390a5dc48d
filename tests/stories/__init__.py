"""Whole loops, told as stories on a shown clock."""
