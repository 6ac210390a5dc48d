"""Orders with their lines, payments and refunds, and the parcels that carry them, as they follow from the log.

Tells: order.*, shipment.*; derived here: order.delivered (the last parcel), shipment.delayed (the end of the promised
local day), shipment.stalled (silence).
Listens to: order.*, shipment.*.
"""
