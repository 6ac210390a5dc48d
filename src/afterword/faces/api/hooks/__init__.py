"""Machine calls: `segment` speaks Segment's tracking API at `/v1`, `native` our own at `/api/v1` (OpenAPI)."""
