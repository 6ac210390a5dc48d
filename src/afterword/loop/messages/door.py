"""What other rooms may ask of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afterword.kernel.doors import lazily
from afterword.kit import sql
from afterword.loop.accounts import door as accounts

from .actions import write
from .actions.follow import put_to_sleep, wake_up
from .actions.halt import lift_halt
from .actions.hear import hear_click, hear_open, hear_unsubscribe, provenance
from .actions.heard import NotTheirs, Understood
from .actions.heard import hear as hear_provider
from .actions.live import go_live, rehearse
from .actions.override import MAY_GIVE_WAY, CannotBeSent, NoReason, send_anyway
from .actions.receive import Arrival, receive
from .actions.take_back import gap, put_origin_to_sleep, spread, take_back, wake_origin
from .actions.team import try_on, write_to_team
from .queries import listing, wordings
from .queries.lacking import gaps
from .queries.lately import sent_lately
from .queries.letters import preview, ring
from .queries.notes import behind
from .queries.servers import carries, halted, is_live, live_origins, server_name
from .queries.wordings import kind, kinds
from .rules.brand import font_stack
from .rules.catalogues import LOCALES, OWN_NAMES, Catalogue, catalogue, known
from .rules.gaps import Gap
from .rules.links import BadLink, LinkExpired, Ring, Token, read, sign, unwatched
from .rules.liquid import address_lines, spoken_day, spoken_days, spoken_money
from .rules.render import Rendered
from .rules.shipped import MESSAGES, Shipped
from .types import CAMPAIGN, CHECKS, Answer, Live, NoAnswer, NoServer, about

if TYPE_CHECKING:
    from .actions.foresee import foresee
    from .actions.hand_over import hand_over
    from .actions.judge import judge, register_state_guard, verdict_text
    from .actions.lease import end_leases
else:
    HEAVY = dict.fromkeys(("judge", "register_state_guard", "verdict_text"), "actions.judge")
    __getattr__ = lazily(
        __package__, {**HEAVY, "end_leases": "actions.lease", "foresee": "actions.foresee", "hand_over": "actions.hand_over"}
    )

__all__ = [
    "Arrival",
    "Answer",
    "BadLink",
    "CAMPAIGN",
    "CHECKS",
    "CannotBeSent",
    "Catalogue",
    "Gap",
    "LOCALES",
    "Live",
    "MAY_GIVE_WAY",
    "MESSAGES",
    "NoAnswer",
    "NoReason",
    "NoServer",
    "NotTheirs",
    "LinkExpired",
    "OWN_NAMES",
    "Rendered",
    "Ring",
    "Shipped",
    "Token",
    "Understood",
    "about",
    "address_lines",
    "catalogue",
    "behind",
    "carries",
    "category",
    "end_leases",
    "end_runs",
    "fallback_zone",
    "font_stack",
    "foresee",
    "gap",
    "gaps",
    "go_live",
    "hand_over",
    "halted",
    "hear_click",
    "hear_open",
    "hear_provider",
    "hear_unsubscribe",
    "intend",
    "is_live",
    "judge",
    "kind",
    "kinds",
    "known",
    "lift_halt",
    "listing",
    "live_origins",
    "message_keys",
    "preview",
    "provenance",
    "put_origin_to_sleep",
    "put_to_sleep",
    "read",
    "receive",
    "register_state_guard",
    "rehearse",
    "ring",
    "send_anyway",
    "sent_lately",
    "server_name",
    "sign",
    "spread",
    "spoken_day",
    "spoken_days",
    "spoken_money",
    "take_back",
    "try_on",
    "unwatched",
    "verdict_text",
    "wake_origin",
    "wake_up",
    "wordings",
    "write",
    "write_to_team",
]

INTEND = """
insert into message_intent (id, origin, version_id, run, leg, step, subject_id, customer_id, order_id, shipment_id, store,
                            message, channel, category, priority, planned_at, useful_until, ask_at)
select given.*,
       -- What may be outbid is asked when its five-minute slot is over, so that all bids are there.
       case when category = 'marketing' then to_timestamp(ceil(extract(epoch from planned_at) / 300) * 300) else planned_at end
from ({select}) as given
    (id, origin, version_id, run, leg, step, subject_id, customer_id, order_id, shipment_id, store,
     message, channel, category, priority, planned_at, useful_until)
on conflict (origin, run, step) do nothing
"""


def intend(select: str, params: dict[str, Any]) -> int:
    """Take the intents that a query yields, in the order of `INTEND`'s columns; how many are new. In the caller's transaction."""
    return sql.run(INTEND.format(select=select), params)


END = """
update message_intent m set ended_at = e.ended_at, ask_at = least(m.ask_at, e.ended_at)
from ({select}) as e (run, ended_at) where m.origin = %(journey)s and m.run = e.run and m.state in ('planned', 'held')
"""


def end_runs(select: str, params: dict[str, Any]) -> int:
    """Runs ended early: what of theirs has not gone by then does not go. Asked again at that very moment, so that it is told."""
    return sql.run(END.format(select=select), params)


def category(message: str) -> str:
    """The category of a message, or a refusal if there is no such message, or none that was published."""
    return kind(message).category


def message_keys() -> tuple[str, ...]:
    """Every message that can be sent: those that ship, and those of the shop's own that were published."""
    return tuple(kinds())


def fallback_zone() -> str:
    """The zone of whoever's zone is not known: that of the first store."""
    stores = accounts.stores()
    return stores[0].zone if stores else "UTC"
