"""Notices in the browser: encrypted for one browser (RFC 8291), signed by us (VAPID, RFC 8292), to be forgotten when it is gone.

Tells: none of its own. Listens to: none; push services say only whether they took it.
"""
