"""Call other systems: signed as Standard Webhooks asks, several at once, with what they answered kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from afterword.kernel.errors import Refused
from afterword.kit import clock, http, sql
from afterword.kit.env import env_bool
from afterword.loop.accounts import door as accounts
from afterword.loop.channels.door import webhook_signatures as signatures

from ..rules import addresses
from ..types import Errand, NoSuchEndpoint, Outcome

AT_ONCE, PATIENCE, MOST_ANSWER = 8, 10.0, 300
GONE = 410  # whoever answers so wants no more calls
LATER = (408, 409, 425, 429)
ENDPOINTS = "select key, url, secret, former_secret, closed_at from errand_endpoint where key = any(%s)"
ABOUT = """
select o.id, o.number, o.status, o.total_minor, o.currency, o.placed_at, o.delivered_at from orders_order o where o.id = any(%s)
"""


def call(errands: Sequence[Errand], now: datetime) -> list[Outcome]:
    """One request for each; what cannot be called at all is given up with the reason."""
    known = {row["key"]: row for row in sql.records(ENDPOINTS, [sorted({e.settings["to"] for e in errands})])}
    orders = {row["id"]: row for row in sql.records(ABOUT, [[e.order_id for e in errands if e.order_id]])}
    outcomes: list[Outcome] = []
    calls: list[tuple[Errand, str, bytes, list[str]]] = []
    for e in errands:
        endpoint = known.get(e.settings["to"])
        if endpoint is None or endpoint["closed_at"]:
            said = "the endpoint is closed" if endpoint else f"there is no endpoint called “{e.settings['to']}”"
            outcomes.append(Outcome(e.id, "never", said))
            continue
        keys = [_opened(bytes(s)) for s in (endpoint["secret"], endpoint["former_secret"]) if s]
        calls.append((e, endpoint["url"], body(e, orders.get(e.order_id)), keys))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answered = list(pool.map(lambda c: _called(*c), calls))
    outcomes += answered
    gone = sorted({e.settings["to"] for (e, *_), o in zip(calls, answered, strict=True) if o.said.startswith(str(GONE))})
    if gone:
        sql.run("update errand_endpoint set closed_at = %s, closed_why = 'it answered 410 Gone' where key = any(%s)", [now, gone])
    return outcomes


def body(e: Errand, order: dict[str, Any] | None) -> bytes:
    """What is sent: type, timestamp, data. No name and no address of a person: whoever needs them asks with the id."""
    about = {**order, "id": str(order["id"])} if order else None
    told = {
        "type": e.settings["name"] or f"journey.{e.origin}.{e.step}",
        "timestamp": e.planned_at.isoformat(),
        "data": {
            "journey": e.origin, "step": e.step, "run": str(e.run), "store": e.store, "customer_id": str(e.customer_id), "order": about,
            **e.settings["data"],
        },
    }  # fmt: skip
    return json.dumps(told, default=lambda v: v.isoformat() if isinstance(v, datetime) else str(v), separators=(",", ":")).encode()


def _called(e: Errand, url: str, payload: bytes, keys: list[str]) -> Outcome:
    try:
        signed = signatures.headers(str(e.id), clock.real_now(), payload, keys)
        inside = env_bool("AFTERWORD_WEBHOOKS_INSIDE", False)
        answer = http.ask("POST", url, {"content-type": "application/json", **signed}, payload, inside=inside, patience=PATIENCE)
    except Refused as refusal:
        return Outcome(e.id, "never", str(refusal))
    except http.Lost as error:
        return Outcome(e.id, "again", str(error)[:MOST_ANSWER])
    status = answer.status
    word = f"{status} {answer.text[:MOST_ANSWER]}".strip()
    if 200 <= status < 300:
        return Outcome(e.id, "done", word)
    # Redirects are not followed: an endpoint says where it is.
    return Outcome(e.id, "again" if status >= 500 or status in LATER else "never", word)


# Endpoints --------------------------------------------------------------------------------------------------------------


def open_endpoint(key: str, url: str, *, at: datetime) -> str:
    """Know an endpoint by a key, or give a known one another address; its secret, which is shown this once."""
    address = addresses.checked(url, inside=env_bool("AFTERWORD_WEBHOOKS_INSIDE", False))
    secret = signatures.new_secret()
    sql.run(
        "insert into errand_endpoint (key, url, secret, made_at) values (%s, %s, %s, %s) on conflict (key) do update "
        "set url = excluded.url, former_secret = errand_endpoint.secret, secret = excluded.secret, closed_at = null, closed_why = ''",
        [key, address, _closed(secret), at],
    )
    return secret


def close_endpoint(key: str, *, at: datetime, why: str = "") -> None:
    """Call it no more."""
    if not sql.run("update errand_endpoint set closed_at = %s, closed_why = %s where key = %s", [at, why, key]):
        raise NoSuchEndpoint(key=key)


def retire_former_secret(key: str) -> None:
    """The receiver knows the new secret: sign with it alone."""
    sql.run("update errand_endpoint set former_secret = null where key = %s", [key])


def _closed(secret: str) -> bytes:
    return accounts.vault("errands").encrypt(secret.encode())


def _opened(kept: bytes) -> str:
    return accounts.vault("errands").decrypt(kept).decode()
