"""Who somebody is: external ids, verified addresses and anonymous ids on one side, one customer on the other.

`door.record` is the entrance for everything that happens: it finds the customer of every event, set-based, and appends
the events, in one transaction. Merges are rows, read as of the moment; events are never rewritten.

Tells: customer.created, customer.updated, customer.merged, customer.erased.
Listens to: nothing.
"""
