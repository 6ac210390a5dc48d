"""What comes from outside becomes our events: a pure translator for each sender, files with a mapping, and a quarantine
for what cannot be understood, with its raw body, to be tried again after a fix.

Tells: nothing of its own.
Listens to: nothing.
"""
