"""Facebook Messenger over Meta's Send API: freely for 24 hours after the customer wrote, later only under a message tag.

Tells: none of its own. Listens to: deliveries, readings, messages and referrals of the page, signed by Meta.
"""
