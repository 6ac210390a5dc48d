"""What the simulated shop consists of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

Life = Literal["consumable", "durable", "experience"]


@dataclass(frozen=True, slots=True)
class Product:
    """What is sold. `titles` by language; prices in cents of a euro; `use_for_days` for what is used up."""

    reference: str
    category: str
    titles: dict[str, str] = field(hash=False)
    price_minor: int
    life: Life
    use_for_days: int | None = None


@dataclass(frozen=True, slots=True)
class Town:
    """Where people live."""

    name: str
    zone: str
    postal_code: str


@dataclass(frozen=True, slots=True)
class Country:
    """A country the shop sells to: `share` of its customers, and the days from order to door that it promises, at least and at most."""

    code: str
    share: float
    language: str
    first_names: tuple[tuple[str, str], ...]  # as written, and in Latin letters
    last_names: tuple[tuple[str, str], ...]
    family_first: bool
    towns: tuple[Town, ...]
    streets: tuple[str, ...]
    carriers: tuple[str, ...]
    promised_days: tuple[int, int]
    postage_minor: int


@dataclass(frozen=True, slots=True)
class Person:
    """A customer, the `n`-th. `sharpness`: how readily they say what they think, 0 to 1."""

    n: int
    country: Country
    town: Town
    first_name: str
    full_name: str
    email: str
    street: str
    taste: str
    sharpness: float
    allows_marketing: bool

    @property
    def reference(self) -> str:
        """The shop's own customer number."""
        return f"C{1000 + self.n}"


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of an order, drawn from its number alone. `late_days`: 0 means the promise is kept."""

    cancelled_by: Literal["", "customer", "merchant"]
    late_days: int
    lost: bool
    returned: bool
    in_two_parcels: bool


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order that is placed. `cause` is the message that brought it about, if one did."""

    person: Person
    reference: str
    at: datetime
    lines: tuple[tuple[Product, int], ...]
    fate: Fate
    first: bool = False
    cause: UUID | None = None

    @property
    def is_experience(self) -> bool:
        return self.lines[0][0].life == "experience"
