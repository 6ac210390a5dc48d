"""Writes of the sample: live through a shop's history, go on living, leave it behind."""
