"""Campaigns: one message, or several against each other, to everybody of a segment at one time, beside the journeys.

Tells `experiment.held_out` of whoever is left alone; its messages tell what becomes of them, with `campaign` on each. Listens to
nothing; it reads who reacted.
"""
