"""Tests of the SMTP channel."""
