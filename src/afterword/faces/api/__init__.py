"""The machines' entrance: `/v1` speaks the Segment specification, `/api/v1` our own words (OpenAPI, RFC 9457 problems).

Tells: whatever it is told. Listens to: nothing.
"""
