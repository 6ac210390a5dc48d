"""A question about a customer at a moment, written as text, checked when it is saved, asked of many moments at once.

Tells no events. Listens to none: it reads the log as it was known at each moment.
"""
