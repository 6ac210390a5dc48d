"""Its tests, against a real IMAP server."""
