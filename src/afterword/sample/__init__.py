"""A shop whose truth is known (the simulator), and ways to live through real data: a year of orders in minutes, by the real loop.

Tells what its customers do. Listens to `message.sent`, which they react to.
"""
