"""What is said, to whom, and whether it may be: intents, the guard, rendering, the outbox, and what is heard back.

Tells `message.held`, `message.dropped`, `message.sent`, `message.failed` and what customers and mail
servers answer (`message.delivered`, `message.opened`, `message.clicked`, `message.bounced`, …). Listens to none: journeys
and campaigns hand it intents.
"""
