"""Pure words and algebra that every room may use: ids, durations, event shapes, errors, the purity check.

Nothing here knows Django, a clock, a database or a file.
"""
