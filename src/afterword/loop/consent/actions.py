"""Granting, withdrawing, suppressing; taking consents over from elsewhere; following the log."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import Any
from uuid import UUID

from afterword.kernel.errors import Complaint
from afterword.kit import sql
from afterword.loop.events.types import Told, Who
from afterword.loop.identity import door as identity

from .rules import PEOPLE, read_line
from .types import Imported, NoColumns

OURS, BATCH = "afterword", 1000
_TOUCHED = """
select distinct customer_id from event where known_at > %s and known_at <= %s and name in ('consent.granted', 'consent.withdrawn')
"""
_HISTORY = """
insert into consent_history (customer_id, store, channel, purpose, known_from, known_to, state)
select customer_id, scope, channel, purpose, known_at,
    coalesce(lead(known_at) over (partition by customer_id, scope, channel, purpose order by known_at), '9999-12-31 00:00+00'), state
from (
    select customer_id, case when every_store then '' else store end as scope, channel, purpose, known_at, 'granted' as state
    from event_consent_granted where customer_id is not null {some}
    union all
    select customer_id, case when every_store then '' else store end, channel, purpose, known_at, 'withdrawn'
    from event_consent_withdrawn where customer_id is not null {some}
) said
"""
_BOUNCED = """
insert into consent_suppression (channel, address_mark, reason, since)
select distinct on (channel, mark) channel, mark, reason, known_at from (
    select coalesce(e.properties ->> 'channel', 'email') as channel, e.known_at,
        case when e.name = 'message.complained' then 'complained' else 'bounced' end as reason,
        address_mark(case when coalesce(e.properties ->> 'channel', 'email') = 'email' then c.email else c.phone end) as mark
    from event e join customers_customer c on c.id = e.customer_id
    where e.known_at > %s and e.known_at <= %s
      and (e.name = 'message.complained'
           or e.name in ('message.bounced', 'address.bounced') and e.properties -> 'permanent' = 'true'::jsonb)
) gone where mark is not null order by channel, mark, known_at
on conflict (channel, address_mark) do nothing
"""


def project(since: datetime, until: datetime) -> None:
    """Bring the past of consents up to date, and stop writing to addresses that came back."""
    ids = [row[0] for row in sql.rows(_TOUCHED, [since, until]) if row[0] is not None]
    if ids:
        sql.run("delete from consent_history where customer_id = any(%s)", [ids])
        sql.run(_HISTORY.format(some="and customer_id = any(%(ids)s)"), {"ids": ids})
    sql.run(_BOUNCED, [since, until])


def rebuild() -> int:
    """Make the past of consents anew from the log alone; says how many rows it has."""
    sql.run("delete from consent_history")
    return sql.run(_HISTORY.format(some=""))


def grant(
    customer_id: UUID, *, channel: str, purpose: str, at: datetime, store: str = "main", every_store: bool = False, how: str = "",
    proof: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """The customer allows it. Telling it again at the same instant changes nothing."""
    _tell("consent.granted", customer_id, channel, purpose, at, store, every_store, how, proof)


def withdraw(
    customer_id: UUID, *, channel: str, purpose: str, at: datetime, store: str = "main", every_store: bool = False, how: str = "",
    proof: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """The customer takes it back; channel and purpose may be `all`."""
    _tell("consent.withdrawn", customer_id, channel, purpose, at, store, every_store, how, proof)


def _tell(
    name: str, customer: UUID, channel: str, purpose: str, at: datetime, store: str, every: bool, how: str, proof: dict[str, Any] | None
) -> None:
    properties: dict[str, Any] = {"channel": channel, "purpose": purpose, "every_store": every}
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
    """Take over consents and suppressions from CSV text with a header: external_id|email|phone, channel, purpose, state, at, how."""
    reader = csv.DictReader(lines)
    header = {name.strip().lower() for name in reader.fieldnames or ()}
    if "state" not in header or not header & set(PEOPLE):
        raise NoColumns(needed="state and one of " + ", ".join(PEOPLE), found=", ".join(sorted(header)) or "none")
    counts = {"granted": 0, "withdrawn": 0, "suppressed": 0, "repeated": 0}
    refused: list[Complaint] = []
    numbered = enumerate(reader, start=2)
    while chunk := list(islice(numbered, BATCH)):
        refused += _take_over(chunk, store, at, source, counts)
    return Imported(counts["granted"], counts["withdrawn"], counts["suppressed"], counts["repeated"], tuple(refused))


def _take_over(chunk: list[tuple[int, dict[str, Any]]], store: str, at: datetime, source: str, counts: dict[str, int]) -> list[Complaint]:
    told: list[tuple[int, Told]] = []
    stop: dict[tuple[str, str], list[str]] = {}
    refused: list[Complaint] = []
    for row, line in chunk:
        said, since, found = read_line(line, row, at)
        refused += found
        if found:
            continue
        if said["state"] == "suppressed":
            address = said["email"] if said["channel"] == "email" else said["phone"]
            stop.setdefault((said["channel"], said.get("how") or "import"), []).append(address)
            continue
        told.append((row, _told(said, since, store, source)))
    for (channel, reason), addresses in stop.items():
        counts["suppressed"] += suppress(channel, addresses, reason=reason, at=at)
    for state in ("granted", "withdrawn"):
        ours = [(row, one) for row, one in told if one.name == f"consent.{state}"]
        recorded = identity.record([one for _, one in ours], received_at=at, places=[f"row {row}" for row, _ in ours])
        counts[state] += recorded.accepted
        counts["repeated"] += recorded.repeated
        refused += recorded.refused
    return refused


def _told(said: dict[str, str], since: datetime, store: str, source: str) -> Told:
    who = Who(said.get("external_id") or None, said.get("email") or None, said.get("phone") or None, verified=True)
    key = "|".join((store, who.external_id or "", who.email or "", who.phone or "", said["channel"], said["purpose"], since.isoformat()))
    properties = {"channel": said["channel"], "purpose": said["purpose"], "how": said.get("how") or "import"}
    source_id = f"{said['state']}:{sha256(key.encode()).hexdigest()}"
    return Told(f"consent.{said['state']}", since, source, source_id, store=store, who=who, properties=properties)
