"""SMS over any provider that takes an HTTP request: what is asked, with which headers and body, and what success looks like, is set.

Tells: none of its own. Listens to: receipts and answers with the names of their fields set, under a secret of their own.
"""
