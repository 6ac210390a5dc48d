"""What other rooms may ask of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afterword.kernel.doors import lazily
from afterword.kit import sql
from afterword.loop.accounts import door as accounts

from .actions import write
from .actions.copies import register_copies
from .actions.doubts import NotInDoubt, set_doubts, settle_doubt
from .actions.early import end_early
from .actions.follow import put_to_sleep, wake_up
from .actions.halt import lift_halt
from .actions.hear import hear_click, hear_open, hear_unsubscribe, provenance
from .actions.heard import NotTheirs, Understood, printed, take_up_early
from .actions.heard import hear as hear_provider
from .actions.live import go_live, rehearse
from .actions.override import MAY_GIVE_WAY, CannotBeSent, NoReason, send_anyway
from .actions.papers import LARGEST as LARGEST_PAPER
from .actions.papers import keep_paper
from .actions.receive import Arrival, receive
from .actions.take_back import gap, put_origin_to_sleep, spread, take_back, wake_origin
from .actions.team import try_note, try_on, write_to_team
from .actions.translate import Taken, export_texts, import_texts
from .queries import listing, trying, wordings
from .queries.doubts import doubted, doubts
from .queries.fatigue import MOST, Cost, Fatigue, fatigue
from .queries.lacking import gaps
from .queries.lately import sent_lately
from .queries.letters import preview, ring
from .queries.needs import lacking, register_channels
from .queries.notes import behind
from .queries.occasions import register_occasions
from .queries.offers import referrer, register_products, register_referrals
from .queries.offers import sources as product_sources
from .queries.origins import Origin, origins, register_origins
from .queries.servers import carries, halted, is_live, live_origins, server_name
from .queries.spent import spent
from .queries.tryouts import as_for, few_for
from .queries.uses import Use, register_uses
from .queries.weights import read_in
from .queries.wordings import called, kind, kinds
from .queries.worth import Worth, register_trials, worths
from .rules.brand import font_stack
from .rules.catalogues import LOCALES, OWN_NAMES, Catalogue, catalogue, known, plural_tags
from .rules.clocks import GUARD_CLOCKS
from .rules.enclosures import with_pictures
from .rules.examples import OFFERED
from .rules.exchange import Form, NotAFile
from .rules.gaps import Gap
from .rules.links import LIFE, BadLink, LinkExpired, Ring, Token, read, sign, unwatched
from .rules.liquid import address_lines, spoken_day, spoken_days, spoken_money
from .rules.render import Rendered
from .rules.shipped import MESSAGES, Shipped, message_name
from .rules.short import Short
from .rules.variables import VARIABLES
from .rules.wording import EVERY, GROUNDS, PAPERS, Variant, Wording, document, is_language, nearest, of_document, sheet
from .rules.written import shipped_blocks, shipped_source
from .types import CAMPAIGN, CHECKS, Answer, DraftMovedOn, Foresight, Foretold, Live, NoAnswer, NobodyCarries, NoServer, about

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
    "CAMPAIGN",
    "CHECKS",
    "EVERY",
    "GROUNDS",
    "GUARD_CLOCKS",
    "LARGEST_PAPER",
    "LIFE",
    "LOCALES",
    "MAY_GIVE_WAY",
    "MESSAGES",
    "MOST",
    "OFFERED",
    "OWN_NAMES",
    "Origin",
    "PAPERS",
    "VARIABLES",
    "Answer",
    "Arrival",
    "BadLink",
    "CannotBeSent",
    "Catalogue",
    "Cost",
    "DraftMovedOn",
    "Fatigue",
    "Foresight",
    "Foretold",
    "Gap",
    "LinkExpired",
    "Live",
    "NoAnswer",
    "NoReason",
    "NoServer",
    "NobodyCarries",
    "NotInDoubt",
    "NotTheirs",
    "Rendered",
    "Ring",
    "Shipped",
    "Short",
    "Token",
    "Understood",
    "Use",
    "Variant",
    "Wording",
    "Worth",
    "about",
    "address_lines",
    "as_for",
    "behind",
    "carries",
    "catalogue",
    "category",
    "document",
    "doubted",
    "doubts",
    "Form",
    "NotAFile",
    "Taken",
    "end_leases",
    "export_texts",
    "import_texts",
    "end_runs",
    "fallback_zone",
    "fatigue",
    "few_for",
    "font_stack",
    "foresee",
    "gap",
    "gaps",
    "go_live",
    "halted",
    "hand_over",
    "hear_click",
    "hear_open",
    "hear_provider",
    "hear_unsubscribe",
    "intend",
    "is_language",
    "is_live",
    "judge",
    "keep_paper",
    "kind",
    "called",
    "kinds",
    "message_name",
    "lacking",
    "known",
    "lift_halt",
    "listing",
    "live_origins",
    "message_keys",
    "nearest",
    "of_document",
    "plural_tags",
    "origins",
    "preview",
    "provenance",
    "put_origin_to_sleep",
    "end_early",
    "printed",
    "take_up_early",
    "put_to_sleep",
    "read",
    "read_in",
    "receive",
    "product_sources",
    "referrer",
    "register_channels",
    "register_copies",
    "register_occasions",
    "register_origins",
    "register_products",
    "register_referrals",
    "register_state_guard",
    "register_trials",
    "register_uses",
    "rehearse",
    "ring",
    "send_anyway",
    "sent_lately",
    "set_doubts",
    "settle_doubt",
    "server_name",
    "sheet",
    "shipped_blocks",
    "shipped_source",
    "sign",
    "spent",
    "spoken_day",
    "spoken_days",
    "spoken_money",
    "spread",
    "take_back",
    "try_note",
    "try_on",
    "trying",
    "unwatched",
    "verdict_text",
    "wake_origin",
    "wake_up",
    "wordings",
    "write",
    "with_pictures",
    "worths",
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
