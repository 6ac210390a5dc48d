"""What the worker does for messages."""

from __future__ import annotations

from datetime import datetime

from afterword.kit import sql
from afterword.kit.env import env_bool

from .actions.collect import Collecting
from .actions.copies import end_bodies as end_bodies_now
from .actions.copies import send_copies as send_copies_now
from .actions.early import end_early as end_early_now
from .actions.halt import watch as watch_now
from .actions.hand_over import hand_over as hand_over_due
from .actions.heard import take_up_early as take_up_early_now
from .actions.judge import judge as judge_due
from .actions.lease import end_leases as end_leases
from .actions.papers import Fetching, end_papers
from .actions.try_links import try_links as try_links_now
from .actions.weigh import weigh as weigh_now


def judge(now: datetime) -> int:
    """Ask the guard of every intent whose time has come."""
    return judge_due(now).total


def hand_over(now: datetime) -> int:
    """Send what was let go."""
    return hand_over_due(now).total


def take_up_early(now: datetime) -> int:
    """Receipts that came before we knew how their provider calls the message."""
    return take_up_early_now(now)


def end_early(now: datetime) -> int:
    """Receipts that never found a message."""
    return end_early_now()


def watch(now: datetime) -> int:
    """Stop what receivers would punish us for."""
    return watch_now(now)


def try_links(now: datetime) -> int:
    """Ask whether what messages link to is there."""
    return try_links_now(now)


def send_copies(now: datetime) -> int:
    """Copies for colleagues."""
    return send_copies_now(now)


def end_bodies(now: datetime) -> int:
    """Forget the words of what was sent long ago, and the papers that travelled with it."""
    return end_bodies_now(now) + end_papers()


def fetching() -> Fetching:
    """Fetch the shop's own invoices, beside the worker's loop; `stop` ends it."""
    beside = Fetching(inside=env_bool("AFTERWORD_WEBHOOKS_INSIDE", False))
    beside.start()
    return beside


def collecting() -> Collecting:
    """Read the mailboxes that mail comes in by, beside the worker's loop; `stop` ends it."""
    beside = Collecting()
    beside.start()
    return beside


def weigh(now: datetime) -> int:
    """Measure what messages are worth."""
    return weigh_now(now)


def next_due(now: datetime) -> datetime | None:
    """When the next intent is to be asked about or the next delivery tried. Uses message_intent_ask and message_delivery_due."""
    due: datetime | None = sql.value(
        "select least((select min(ask_at) from message_intent where ask_at > %(now)s), "
        "(select min(next_at) from message_delivery where next_at > %(now)s))",
        {"now": now},
    )
    return due
