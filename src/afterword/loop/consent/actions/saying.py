"""Granting, withdrawing, pausing, suppressing; taking consents over from elsewhere."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import Any, Literal
from uuid import UUID

from afterword.kernel.errors import Complaint
from afterword.kit import sql
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity

from ..queries import untracked
from ..rules import PEOPLE, PROOF, proven, read_line
from ..types import Ground, Imported, NoColumns, NotAhead, NoWish

OURS, BATCH = "afterword", 1000
QUIET, OFTEN = re.compile(r"([01]\d|2[0-3]):00-([01]\d|2[0-3]):00"), re.compile(r"[1-9]")


def grant(
    customer_id: UUID, *, channel: str, purpose: str, at: datetime, store: str = "main", every_store: bool = False, how: str = "",
    proof: dict[str, Any] | None = None, ground: Ground = "opt_in",
) -> None:  # fmt: skip
    """The customer allows it. Telling it again at the same instant changes nothing.

    Args:
        proof: `words` that were shown and the `page` or `place` they were shown at, and whatever else there is. Without these two the
            grant is kept and counts for nothing.
    """
    _tell("consent.granted", customer_id, channel, purpose, at, store, every_store, how, proof, {"ground": ground})


def ask(address: str, *, channel: str, purpose: str, at: datetime, store: str = "main", proof: dict[str, Any] | None = None) -> None:
    """Somebody typed an address to be written to; counted once an hour for an address. It allows nothing until it is confirmed."""
    mark = sha256(f"{store}|{channel}|{address.strip().lower()}|{at:%Y%m%d%H}".encode()).hexdigest()
    # The address alone is the key, so that nobody is taken for somebody else by what was typed here.
    told = Told("consent.asked", at, OURS, f"asked:{mark}", store=store, who=Who(email=address.strip(), verified=True),
                properties={"channel": channel, "purpose": purpose, "how": "page"}, personal={"proof": proof} if proof else {})  # fmt: skip
    refused = identity.record([told], received_at=at).refused
    if refused:
        raise refused[0]


def honour_signal(customer_id: UUID, *, at: datetime, store: str = "main") -> bool:
    """The person's browser says Global Privacy Control (11 CCR 7025): nothing of theirs is counted or passed on. Whether it was new."""
    if untracked([customer_id]):
        return False
    withdraw(customer_id, channel="all", purpose="tracking", at=at, store=store, every_store=True, how="gpc")
    return True


def withdraw(
    customer_id: UUID, *, channel: str, purpose: str, at: datetime, store: str = "main", every_store: bool = False, how: str = "",
    proof: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """The customer takes it back; channel and purpose may be `all`."""
    _tell("consent.withdrawn", customer_id, channel, purpose, at, store, every_store, how, proof)


def wish(customer_id: UUID, *, about: Literal["quiet", "often"], wish: str, at: datetime, store: str = "main", how: str = "") -> None:
    """How often (`often`: so many a week), or at which hours not (`quiet`: `20:00-10:00`); empty takes it back. Raises NoWish."""
    if wish and not (QUIET if about == "quiet" else OFTEN).fullmatch(wish):
        raise NoWish(wish=wish[:40])
    properties = {"about": about, "wish": wish, **({"how": how} if how else {})}
    told = Told("consent.wished", at, OURS, f"wished:{customer_id}:{store}:{about}:{at.isoformat()}", store=store, customer_id=customer_id,
                properties=properties)  # fmt: skip
    refused = identity.record([told], received_at=at).refused
    if refused:
        raise refused[0]


def pause(customer_id: UUID, *, until: datetime, at: datetime, store: str = "main", every_store: bool = False, how: str = "") -> None:
    """Until then only what concerns an order is written. A later pause takes the place of an earlier one. Raises NotAhead."""
    if until <= at:
        raise NotAhead
    _pausing("consent.paused", customer_id, at, store, every_store, {"until": until.isoformat(), **({"how": how} if how else {})})


def resume(customer_id: UUID, *, at: datetime, store: str = "main", every_store: bool = False, how: str = "") -> None:
    """The customer ends the pause."""
    _pausing("consent.resumed", customer_id, at, store, every_store, {"how": how} if how else {})


def _pausing(name: str, customer: UUID, at: datetime, store: str, every: bool, properties: dict[str, Any]) -> None:
    source_id = f"{name}:{customer}:{'' if every else store}:{at.isoformat()}"
    told = Told(name, at, OURS, source_id, store=store, customer_id=customer, properties={**properties, "every_store": every})
    refused = identity.record([told], received_at=at).refused
    if refused:
        raise refused[0]


def _tell(
    name: str, customer: UUID, channel: str, purpose: str, at: datetime, store: str, every: bool, how: str, proof: dict[str, Any] | None,
    more: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    properties: dict[str, Any] = {"channel": channel, "purpose": purpose, "every_store": every, **(more or {})}
    properties |= {"how": how} if how else {}
    source_id = f"{name}:{customer}:{'' if every else store}:{channel}:{purpose}:{at.isoformat()}"
    private = {"proof": proof} if proof else {}
    told = Told(name, at, OURS, source_id, store=store, customer_id=customer, properties=properties, personal=private)
    refused = identity.record([told], received_at=at).refused
    if refused:
        raise refused[0]


def address_mark(address: str) -> str:
    """The hash by which a suppressed address is known; the database's function of this name gives the same."""
    return sha256(address.strip().lower().encode()).hexdigest()


def suppress(channel: str, addresses: Iterable[str], *, reason: str, at: datetime) -> int:
    """Send nothing to these addresses any more; says how many were new."""
    marks = sorted({address_mark(address) for address in addresses})
    return sql.run(
        "insert into consent_suppression (channel, address_mark, reason, since) select %s, m, %s, %s from unnest(%s::text[]) m "
        "on conflict (channel, address_mark) do update set lifted_at = null, reason = excluded.reason, since = excluded.since "
        "where consent_suppression.lifted_at is not null",
        [channel, reason, at, marks],
    )


def lift_suppression(channel: str, address: str, *, at: datetime) -> bool:
    """Allow an address again; says whether it was suppressed."""
    done = sql.run(
        "update consent_suppression set lifted_at = %s where channel = %s and address_mark = %s and lifted_at is null",
        [at, channel, address_mark(address)],
    )
    return done > 0


def import_consents(lines: Iterable[str], *, store: str, at: datetime, source: str = "import") -> Imported:
    """Take over consents and suppressions from CSV text with a header: external_id|email|phone, channel, purpose, state, at, how.

    A grant is proven by `words` and `page` or `place`; `ip` and `ground` may stand beside them. One without is kept and counts for nothing.
    """
    reader = csv.DictReader(lines)
    header = {name.strip().lower() for name in reader.fieldnames or ()}
    if "state" not in header or not header & set(PEOPLE):
        raise NoColumns(needed="state and one of " + ", ".join(PEOPLE), found=", ".join(sorted(header)) or "none")
    counts = {"granted": 0, "withdrawn": 0, "suppressed": 0, "repeated": 0, "unproven": 0}
    refused: list[Complaint] = []
    numbered = enumerate(reader, start=2)
    while chunk := list(islice(numbered, BATCH)):
        refused += _take_over(chunk, store, at, source, counts)
    return Imported(**counts, refused=tuple(refused))


def _take_over(chunk: list[tuple[int, dict[str, Any]]], store: str, at: datetime, source: str, counts: dict[str, int]) -> list[Complaint]:
    told: list[tuple[int, Told]] = []
    stop: dict[tuple[str, str], list[str]] = {}
    refused: list[Complaint] = []
    unproven: set[str] = set()
    for row, line in chunk:
        said, since, found = read_line(line, row, at)
        refused += found
        if found:
            continue
        if said["state"] == "suppressed":
            address = said["email"] if said["channel"] == "email" else said["phone"]
            stop.setdefault((said["channel"], said.get("how") or "import"), []).append(address)
            continue
        if said["state"] == "granted" and not proven(said):
            unproven.add(f"row {row}")
        told.append((row, _told(said, since, store, source)))
    for (channel, reason), addresses in stop.items():
        counts["suppressed"] += suppress(channel, addresses, reason=reason, at=at)
    for state in ("granted", "withdrawn"):
        ours = [(row, one) for row, one in told if one.name == f"consent.{state}"]
        recorded = identity.record([one for _, one in ours], received_at=at, places=[f"row {row}" for row, _ in ours])
        counts[state] += recorded.accepted
        counts["repeated"] += recorded.repeated
        refused += recorded.refused
    counts["unproven"] += len(unproven - {complaint.path.partition(".")[0] for complaint in refused})
    return refused


def _told(said: dict[str, str], since: datetime, store: str, source: str) -> Told:
    who = Who(said.get("external_id") or None, said.get("email") or None, said.get("phone") or None, verified=True)
    key = "|".join((store, who.external_id or "", who.email or "", who.phone or "", said["channel"], said["purpose"], since.isoformat()))
    properties = {"channel": said["channel"], "purpose": said["purpose"], "how": said.get("how") or "import"}
    if said["state"] == "granted":
        properties["ground"] = said.get("ground") or "opt_in"
    proof = {name: said[name] for name in PROOF if said.get(name)}
    source_id = f"{said['state']}:{sha256(key.encode()).hexdigest()}"
    private = {"proof": proof} if proof else {}
    return Told(f"consent.{said['state']}", since, source, source_id, store=store, who=who, properties=properties, personal=private)
