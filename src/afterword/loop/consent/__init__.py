"""What a customer allows, by store, channel and purpose, with the proof; and the addresses nothing is sent to.

Tells: consent.granted, consent.withdrawn, consent.paused, consent.resumed, address.bounced.
Listens to: consent.*, customer.merged, address.bounced, message.bounced, message.complained.
"""
