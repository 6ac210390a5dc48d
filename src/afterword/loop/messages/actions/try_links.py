"""Try the links of messages: whether what a shop links to is there. In a job, never while a message is rendered.

Each address is asked once a day at most, by HEAD, and by GET where HEAD is not known; nothing inside our own network is called.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from afterword.kernel.errors import Failed, Refused
from afterword.kit import sql
from afterword.kit.http import Line

from ..queries.wordings import drafts
from ..rules.reading import addresses

MOST = 40  # addresses at a time
AGAIN = timedelta(days=1)
PATIENCE = 5.0  # seconds
AGENT = {"User-Agent": "Afterword-link-check", "Accept": "*/*"}
KEEP = """
insert into message_link (address, tried_at, answered) values (%s, %s, %s)
on conflict (address) do update set tried_at = excluded.tried_at, answered = excluded.answered
"""


def try_links(now: datetime, *, inside: bool = False) -> int:
    """Ask for the addresses that messages and blocks name and that were not asked for since yesterday; how many were."""
    named = _named()
    sql.run("delete from message_link where not address = any(%s)", [sorted(named)])
    fresh = {address for (address,) in sql.rows("select address from message_link where tried_at > %s", [now - AGAIN])}
    due = sorted(named - fresh)[:MOST]
    for address in due:
        sql.run(KEEP, [address, now, answered(address, inside=inside)])
    return len(due)


def _named() -> set[str]:
    from ..models import Block

    sources = [variant.body for one in drafts().values() for variant in one.wording.variants.values()]
    sources += Block.objects.values_list("source", flat=True)
    return {address for source in sources for _, address in addresses(source)}


def answered(address: str, *, inside: bool = False) -> str:
    """What is wrong with what this address answers; empty where it answers well, or where nobody can tell."""
    line = Line(inside=inside, patience=PATIENCE)
    try:
        for method in ("HEAD", "GET"):
            reply = line.ask(method, address, AGENT, b"")
            if reply is not None and reply.status not in (403, 405, 501):
                break
    except (Refused, Failed) as fault:
        return str(fault)
    finally:
        line.close()
    if reply is None or reply.status < 400 or reply.status in (401, 403, 405, 429, 501):
        return ""
    return str(reply.status)
