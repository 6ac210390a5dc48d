"""Telegram over the Bot API. A customer comes to the bot by a link of theirs, and is known by their chat from then on.

Tells: none of its own. Listens to: updates, with the secret that the webhook was set with.
"""
