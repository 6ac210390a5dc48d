"""Pages of the console, one module a noun; each lists its addresses as `urls`."""
