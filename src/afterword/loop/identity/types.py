"""What identity speaks of: keys by which somebody is known, and what follows from finding some of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from afterword.kernel.errors import Refused


class Key(NamedTuple):
    """One way somebody is known: the kind, the store (empty: in every store), the value in its normal form."""

    kind: str
    store: str
    value: str


@dataclass(slots=True)
class Known:
    """What is known of the keys of a batch: whose they are, who has a shop's id, and who is the older."""

    owners: dict[Key, UUID] = field(default_factory=dict)
    shop_ids: dict[UUID, set[str]] = field(default_factory=dict)
    age: dict[UUID, float] = field(default_factory=dict)
    survivors: dict[UUID, UUID] = field(default_factory=dict)

    def survivor(self, customer: UUID) -> UUID:
        """The customer as whom this one goes on."""
        return self.survivors.get(customer, customer)


@dataclass(frozen=True, slots=True)
class Found:
    """Who an event is about: a customer that is known, or nobody yet (`by` names the key of a new one)."""

    customer: UUID | None
    by: Key | None = None
    links: tuple[Key, ...] = ()
    merges: tuple[tuple[UUID, str], ...] = ()


class UnknownCustomer(Refused):
    """There is no customer {id}."""


class CannotMerge(Refused):
    """A customer cannot be merged with itself."""
