"""Customers as they follow from the log, with their past: where they live, what they speak, how to reach them.

Tells: nothing. Listens to: customer.*, order.placed, order.cancelled.
"""
