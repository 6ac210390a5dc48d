"""Finding customers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from afterword.kit import sql

from .models import Customer, Token


def search(words: str) -> QuerySet[Customer]:
    """Customers of whom every given word begins some word of their name, address or order number; the newest first."""
    found = Customer.objects.filter(merged_into_id__isnull=True)
    for word in re.split(r"[\s,;()]+", words.strip().lower()):
        if word:
            pieces = [word[n : n + 2] for n in range(len(word) - 1)] if re.search("[฀-๿぀-ヿ㐀-鿿가-힯]", word) and len(word) > 1 else [word]
            for piece in pieces:
                found = found.filter(id__in=Token.objects.filter(token__startswith=piece[:80]).values("customer_id"))
    return found.order_by("-created_at", "id")


def contacts(ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """How to address and reach each of these customers; whoever was merged is answered for by the survivor. One statement."""
    found = sql.records(
        "select c.id, coalesce(s.full_name, c.full_name) as full_name, coalesce(s.first_name, c.first_name) as first_name, "
        "coalesce(s.email, c.email) as email, coalesce(s.phone, c.phone) as phone, coalesce(s.language, c.language) as language, "
        "coalesce(s.zone, c.zone) as zone, coalesce(s.country, c.country) as country "
        "from customers_customer c left join customers_customer s on s.id = c.merged_into_id where c.id = any(%s)",
        [list(ids)],
    )
    return {row["id"]: row for row in found}
