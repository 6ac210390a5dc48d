"""Strangers, colleagues with fewer rights, and people who mean harm: what they get."""
