"""Customers as the pages of segments name them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from afterword.kit import sql

ROWS = """
select id, full_name, email, country, language, orders, spent_base_minor, last_order_at, erased_at
from unnest(%s::uuid[]) with ordinality as given (id, n) join customers_customer using (id) order by n
"""


def rows_of(ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """What is known of these customers, in the order given. One statement."""
    return sql.records(ROWS, [list(ids)]) if ids else []


def name_of(row: dict[str, Any] | None, id: UUID, sees: bool) -> str:
    """What a customer is called by somebody who sees names, or does not."""
    if row and row["erased_at"]:
        return _("A customer who was forgotten")
    return str((row and sees and (row["full_name"] or row["email"])) or _("Customer %(id)s") % {"id": str(id)[-6:]})
