"""Campaigns: one message, or several against each other, to everybody of a segment at one time, beside the journeys.

Tells nothing itself: its messages tell what becomes of them, with `campaign` on each. Listens to nothing; it reads who reacted.
"""
