"""Olist: real orders, deliveries and reviews of a Brazilian marketplace (CC BY-NC-SA 4.0, read from where it lies, never shipped)."""
