"""Decisions about one journey: what its document means, what is wrong with it, when the clocks strike."""
