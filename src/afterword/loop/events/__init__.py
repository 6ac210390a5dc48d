"""The log: what happened to customers, written once and never changed; `known_at` is sealed here.

Everything that happens enters through `append` (an inbox) and is sealed into the log in one statement, in the order of
receipt, each event with an instant of its own. Projections run inside the seal.

Tells: page.viewed, product.viewed, order_status.viewed, search.performed, cart.updated, segment.entered, segment.left,
message.*, experiment.*, recommendation.*, defined here because rooms of several floors tell them.
Listens to: nothing.
"""
