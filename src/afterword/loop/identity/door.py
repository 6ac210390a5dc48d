"""What other rooms may ask of identity. `record` is the entrance for everything that happens."""

from __future__ import annotations

from .actions.erase import erase, register_eraser
from .actions.link import merge_customers, undo_merge
from .actions.past import rebuild
from .actions.record import check, record, record_each, register_filler
from .queries import customer_by, keys_of_customer, pasts_of, survivors
from .rules import normal_phone

__all__ = [
    "check", "customer_by", "erase", "keys_of_customer", "merge_customers", "normal_phone", "pasts_of", "rebuild", "record", "record_each",
    "register_eraser", "register_filler", "survivors", "undo_merge",
]  # fmt: skip
