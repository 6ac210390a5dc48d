"""What is decided about one thing that comes in: `mapping` (columns of a file), `rights` (what a browser key may tell)."""
