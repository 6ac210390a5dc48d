"""Its tests, and a double as strict as the real service."""
