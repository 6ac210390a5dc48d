"""Reads: what a letter shows of products."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any
from uuid import UUID

from afterword.kit import sql

PRODUCTS = "select id, title, titles, url, image_url, price_minor, currency from catalog_product where id = any(%s)"


def products(ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Title, address, picture and price of each of these products that is known. One statement, none for no ids."""
    found = sql.records(PRODUCTS, [list(ids)]) if ids else []
    return {row["id"]: {**row, "titles": json.loads(row["titles"]) if isinstance(row["titles"], str) else row["titles"]} for row in found}
