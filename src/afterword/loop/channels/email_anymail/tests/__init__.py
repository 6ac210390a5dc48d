"""Its tests, and doubles as strict as the real services."""
