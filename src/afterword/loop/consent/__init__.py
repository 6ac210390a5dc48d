"""What a customer allows, by store, channel and purpose, with the proof; and the addresses nothing is sent to.

Tells: consent.granted, consent.withdrawn, address.bounced.
Listens to: consent.*, address.bounced, message.bounced, message.complained.
"""
