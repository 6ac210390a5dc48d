"""Viber over its bot API. A customer comes to the bot by a link of theirs, and is known by the id that it gives from then on.

Tells: none of its own. Listens to: callbacks, signed with the bot's token.
"""
