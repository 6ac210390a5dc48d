"""Mail that comes in, read from a mailbox over IMAP: for shops whose mail somebody else keeps.

Tells: none of its own; whoever asks for the mails says what they mean. Listens to: none.
"""
