"""E-mail over SMTP: pooled, pipelined connections to the shop's mail server or to the local mailbox.

Tells and listens to no events; `send` gives outcomes, `receipts` reads bounces and complaints that arrive as mail.
"""
