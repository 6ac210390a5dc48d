"""Segments: conditions about customers that have a name, and who fulfils each of them, now and at any moment before.

Tells segment.entered and segment.left, once for each change. Listens to whatever its conditions read, and to the clock where
a condition turns by time alone.
"""
