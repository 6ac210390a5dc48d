"""The Segment specification, v1 and its e-commerce part, in our words. `payloads` is pure; nothing here does I/O."""
