"""Writes of the messages room: judge intents, hand deliveries over, record what came back."""
