"""`/api/v1`: our own API, described by OpenAPI at `/api/v1/openapi.json`."""
