"""Finding customers."""

from __future__ import annotations

import re

from django.db.models import QuerySet

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
