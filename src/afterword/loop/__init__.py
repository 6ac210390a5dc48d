"""The loop an order makes: intake, events, identity, customers and orders, conditions, journeys, messages, channels."""
