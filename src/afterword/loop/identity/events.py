"""What becomes known about a customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from afterword.kernel.shapes import Event, prop


@dataclass(frozen=True, kw_only=True)
class CustomerCreated(Event):
    """Somebody became known by an identifier: a shop's customer number, a verified address."""

    name: ClassVar[str] = "customer.created"
    example: ClassVar[dict[str, Any]] = {"by": "external"}

    by: str | None = prop("text", "the kind of identifier", choices=("external", "email", "phone", "claimed_email", "claimed_phone"))


@dataclass(frozen=True, kw_only=True)
class CustomerUpdated(Event):
    """What the shop or the customer says of themselves changed. What is left out stays as it was."""

    name: ClassVar[str] = "customer.updated"
    example: ClassVar[dict[str, Any]] = {
        "country": "RO", "language": "ro", "zone": "Europe/Bucharest", "email": "ana@example.com", "full_name": "Ana Pop",
    }  # fmt: skip

    country: str | None = prop("text", "ISO 3166, two letters")
    language: str | None = prop("text", "BCP 47")
    zone: str | None = prop("text", "the customer's IANA zone, as stated")
    tags: list[Any] | None = prop("json", "the shop's own tags")
    traits: dict[str, Any] | None = prop("json", "what else the shop tells", personal=True)
    email: str | None = prop("text", "where mails go", personal=True)
    phone: str | None = prop("text", "where calls and texts go", personal=True)
    full_name: str | None = prop("text", "what they are called", personal=True)
    first_name: str | None = prop("text", "how they are addressed", personal=True)


@dataclass(frozen=True, kw_only=True)
class CustomerMerged(Event):
    """Two customers turned out to be one person. The older one goes on; the log is not rewritten."""

    name: ClassVar[str] = "customer.merged"
    example: ClassVar[dict[str, Any]] = {"loser": "01926b2e-7a00-7000-8000-000000000009", "by": "email"}

    loser: str = prop("uuid", "the customer that is now known by this one's id", required=True)
    by: str | None = prop("text", "what told that they are one: email, phone, or person (somebody of the team)")
    undone: bool | None = prop("bool", "this takes an earlier merge back")


@dataclass(frozen=True, kw_only=True)
class CustomerErased(Event):
    """What names the person was erased, everywhere. The events stay, without the person."""

    name: ClassVar[str] = "customer.erased"
    example: ClassVar[dict[str, Any]] = {"asked_by": "customer"}

    asked_by: str | None = prop("text", "who asked: customer, merchant, rule")


EVENTS: tuple[type[Event], ...] = (CustomerCreated, CustomerUpdated, CustomerMerged, CustomerErased)
