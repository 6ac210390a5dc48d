"""One folder per way to say something. A channel turns a message into a request, carries it, and reads what comes back.

Tells: channel.linked, channel.unlinked, channel.preferred. What a provider answers is turned into `message.*` events by the messages room.
Listens to: its own, and customer.merged.
"""
