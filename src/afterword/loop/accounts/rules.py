"""Roles × deeds: the one table of who may do what. The console prints it, every page asks it. And what a page's address is."""

from __future__ import annotations

import re
from typing import get_args
from urllib.parse import urlsplit

from .types import BadValue, Deed, Person

OWNER, MARKETER, SUPPORT, ANALYST, DEVELOPER = "owner", "marketer", "support", "analyst", "developer"

MAY: dict[Deed, frozenset[str]] = {
    "see_figures": frozenset({OWNER, MARKETER, SUPPORT, ANALYST, DEVELOPER}),
    "see_customers": frozenset({OWNER, MARKETER, SUPPORT, DEVELOPER}),
    "see_contact": frozenset({OWNER, SUPPORT}),
    "edit_customers": frozenset({OWNER, SUPPORT}),
    "export_people": frozenset({OWNER}),
    "erase_people": frozenset({OWNER}),
    "edit_journeys": frozenset({OWNER, MARKETER}),
    "edit_messages": frozenset({OWNER, MARKETER}),
    "approve": frozenset({OWNER}),
    "publish": frozenset({OWNER, MARKETER}),
    "send_anyway": frozenset({OWNER, SUPPORT}),
    "answer_customers": frozenset({OWNER, SUPPORT}),
    "replay_quarantine": frozenset({OWNER, DEVELOPER}),
    "import_data": frozenset({OWNER, DEVELOPER}),
    "edit_store": frozenset({OWNER, MARKETER}),
    "manage_keys": frozenset({OWNER, DEVELOPER}),
    "manage_team": frozenset({OWNER}),
    "change_settings": frozenset({OWNER}),
    "stop_sending": frozenset({OWNER, MARKETER, SUPPORT, DEVELOPER}),
    "resume_sending": frozenset({OWNER}),
    "see_audit": frozenset({OWNER, DEVELOPER}),
}

# These concern the whole company: whoever belongs to some stores only may not.
COMPANY_WIDE: frozenset[Deed] = frozenset(
    {"export_people", "erase_people", "manage_team", "change_settings", "resume_sending", "see_audit"}
)

DEEDS: tuple[Deed, ...] = get_args(Deed)
PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]")


def may(person: Person, deed: Deed, store: str | None = None) -> bool:
    """Whether this person may do this, in this store; without a store, in at least one."""
    if not person.active or person.role not in MAY[deed]:
        return False
    if person.stores is None:
        return True
    if deed in COMPANY_WIDE:
        return False
    return bool(person.stores) if store is None else store in person.stores


def sees(person: Person, store: str) -> bool:
    """Whether what belongs to this store exists for this person at all (otherwise it is answered with 404)."""
    return person.active and (person.stores is None or store in person.stores)


def origin(given: str) -> str:
    """Where pages are, as browsers say it in `Origin`: scheme and host in small letters, and the port where it is not the usual one."""
    bad = BadValue(what="The page", value=given.strip()[:200], expected="an address without a path, such as https://shop.example")
    try:
        parts = urlsplit(given.strip().rstrip("/").lower())
        host, port = parts.hostname or "", parts.port
        host = f"[{host}]" if ":" in host else host.encode("idna").decode()
    except (ValueError, UnicodeError):
        raise bad from None
    bare = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme not in PORTS or not _HOST.fullmatch(host) or not bare:
        raise bad
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != PORTS[parts.scheme] else "")
