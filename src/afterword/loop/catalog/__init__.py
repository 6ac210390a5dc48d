"""What the shop sells, and how long it lives with the customer: consumable, durable, or an experience.

Tells: product.updated.
Listens to: product.updated.
"""
