"""What a customer reads: order status, score pages, unsubscribe, preferences; and where clicks and opens are heard.

Pages live under `/c/` on the store's own address, without cookies and without scripts; a signed link is the key.
Tells `order_status.viewed`, `survey.answered`, `message.clicked`, `message.opened`, `message.unsubscribed` and the consent
room's events, through their doors. Listens to none.
"""
