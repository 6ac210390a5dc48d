"""Messages handed to another system, as Standard Webhooks: whoever has a way of their own to say something says it.

Tells: none of its own. Listens to: none; who answered 2xx has it.
"""
