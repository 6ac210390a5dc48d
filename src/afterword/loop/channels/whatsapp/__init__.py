"""WhatsApp over Meta's Cloud API: free words for 24 hours after the customer wrote, an approved template at any other time.

Tells: none of its own. Listens to: statuses and messages, signed by Meta.
"""
