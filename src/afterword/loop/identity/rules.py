"""Which keys an event carries, and whom they mean."""

from __future__ import annotations

from uuid import UUID

from afterword.kernel.errors import Complaint
from afterword.loop.events.types import Who

from .types import Found, Key, Known

NAMING = ("external", "email", "phone", "claimed_email", "claimed_phone")
LONGEST = 254


def normal_email(text: str) -> str | None:
    """The address in lower case without blanks around it; None when it is no address."""
    address = text.strip().lower()
    name, at, domain = address.rpartition("@")
    good = at and name and "." in domain and len(address) <= LONGEST and not any(c.isspace() or c < " " for c in address)
    return address if good else None


def normal_phone(text: str) -> str | None:
    """The number with its country code and digits alone (E.164); None when the country cannot be known."""
    digits = "".join(c for c in text if c.isascii() and c.isdigit())
    return "+" + digits if text.strip().startswith("+") and 7 <= len(digits) <= 15 else None


def faults(who: Who) -> list[Complaint]:
    """What is wrong with what a sender says of a person."""
    found: list[Complaint] = []
    for name in ("external_id", "anonymous_id", "email", "phone"):
        value = getattr(who, name)
        if value is None:
            continue
        broken = not isinstance(value, str) or not value or len(value) > LONGEST or "\x00" in value
        if broken or any("\ud800" <= c <= "\udfff" for c in value):
            found.append(Complaint(f"who.{name}", "cannot be kept", f"a text of 1 to {LONGEST} characters"))
    if not found and who.email and normal_email(who.email) is None:
        found.append(Complaint("who.email", "is no address", "an address, such as ana@example.com"))
    return found


def keys_of(who: Who, store: str) -> tuple[Key, ...]:
    """The keys of a person, the strongest first. An address nobody vouches for names somebody only when nothing else does,
    and never the one who has verified it."""
    keys: list[Key] = []
    email = normal_email(who.email) if who.email else None
    phone = normal_phone(who.phone) if who.phone else None
    if who.external_id:
        keys.append(Key("external", store, who.external_id))
    if who.verified:
        keys += [Key("email", "", email)] if email else []
        keys += [Key("phone", "", phone)] if phone else []
    elif not who.external_id:
        keys += [Key("claimed_email", "", email)] if email else []
        keys += [Key("claimed_phone", "", phone)] if phone and not email else []
    if who.anonymous_id:
        keys.append(Key("anonymous", store, who.anonymous_id))
    return tuple(keys)


def find(keys: tuple[Key, ...], store: str, known: Known) -> Found:
    """Whom these keys mean, what is to be linked, and who turns out to be the same person.

    Two customers of whom each has a shop's id are never merged here; an address that belongs to another such customer stays
    with them. A shared browser proves nothing: an anonymous id stays with whom it was first seen.
    """
    owners = {key: known.survivor(known.owners[key]) for key in keys if key in known.owners}
    external = next((key for key in keys if key.kind == "external"), None)
    chosen: UUID | None = None
    if external is not None:
        chosen = owners.get(external)
    for key in keys:
        if chosen is not None or key.kind == "external":
            continue
        owner = owners.get(key)
        takes = external is None or (key.kind in ("email", "phone") and not known.shop_ids.get(owner)) if owner else False
        chosen = owner if takes else chosen
    first = next((key for key in keys if key.kind in NAMING), None)
    if chosen is None and first is None:
        return Found(None)
    links = tuple(key for key in keys if key not in owners)
    if chosen is None:
        return Found(None, first, links)
    merges: list[tuple[UUID, str]] = []
    for key, other in owners.items():
        same = other == chosen or any(other == m for m, _ in merges)
        both = known.shop_ids.get(chosen) and known.shop_ids.get(other)
        if not same and not both and key.kind in ("email", "phone"):
            merges.append((other, key.kind))
    return Found(chosen, None, links, tuple(merges))
