"""Migrations of the mailbox."""
