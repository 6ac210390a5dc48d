"""One folder per way to say something. A channel turns a message into a request, carries it, and reads what comes back.

Tells no events of its own: what a provider answers is turned into `message.*` events by the messages room. Listens to none.
"""
