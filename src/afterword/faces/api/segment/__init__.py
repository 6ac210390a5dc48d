"""`/v1`: the Segment tracking API, for shops and libraries that already speak it."""
