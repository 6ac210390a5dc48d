"""What the shop does for the customer: delivery, feedback, support, returns, loyalty. Rooms here do not know each other."""
