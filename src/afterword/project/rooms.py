"""The rooms of this installation, in order. A room is installed once its folder registers itself (it has an `apps.py`).

What the processes and the command line need from the rooms is named here too, as dotted paths, so that nothing is
imported before it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from afterword.kit.env import env_list

SOURCE = Path(__file__).resolve().parents[1]

ROOMS = (
    "kit",
    "loop.accounts",
    "loop.events",
    "loop.identity",
    "loop.customers",
    "loop.orders",
    "loop.catalog",
    "loop.intake",
    "loop.consent",
    "loop.conditions",
    "loop.segments",
    "loop.channels",
    "loop.messages",
    "loop.errands",
    "loop.campaigns",
    "loop.journeys",
    "insight.lake",
    "insight.backtests",
    "insight.metrics",
    "insight.experiments",
    "care.delivery",
    "care.feedback",
    "care.support",
    "care.returns",
    "care.loyalty",
    "care.recommendations",
    "care.content",
    "faces",
    "faces.mailbox",
    "faces.api",
    "faces.console",
    "faces.storefront",
    "faces.cli",
    "sample",
)


def installed() -> list[str]:
    """The Django apps of the rooms that exist, in order; `AFTERWORD_ROOMS` (names separated by commas) may ask for fewer."""
    wanted = env_list("AFTERWORD_ROOMS", ROOMS)
    return [f"afterword.{room}" for room in ROOMS if room in wanted and (SOURCE / room.replace(".", "/") / "apps.py").exists()]


def present(module: str) -> bool:
    """Whether a module below `afterword` exists, without importing it."""
    place = SOURCE / module.replace(".", "/")
    return place.with_name(place.name + ".py").exists() or (place / "__init__.py").exists()


@dataclass(frozen=True)
class Step:
    """Something the worker does each time round: `fn(now) -> how many things were done`."""

    name: str
    path: str


@dataclass(frozen=True)
class Periodic:
    """Something the worker does every so many seconds of real time."""

    name: str
    path: str
    every: int


STEPS: tuple[Step, ...] = (
    Step("seal", "afterword.loop.events.jobs:seal_inbox"),
    Step("segments", "afterword.loop.segments.jobs:follow_log"),
    Step("tick", "afterword.loop.journeys.jobs:tick"),
    Step("campaigns", "afterword.loop.campaigns.jobs:release"),
    Step("judge", "afterword.loop.messages.jobs:judge"),
    Step("campaigns' pace", "afterword.loop.campaigns.jobs:pace"),
    Step("errands", "afterword.loop.errands.jobs:perform"),
    Step("hand over", "afterword.loop.messages.jobs:hand_over"),
    Step("early receipts", "afterword.loop.messages.jobs:take_up_early"),
    Step("walks", "afterword.loop.journeys.jobs:take_strides"),
)

PERIODIC: tuple[Periodic, ...] = (
    Periodic("partitions", "afterword.loop.events.jobs:make_partitions", every=3600),
    Periodic("late parcels", "afterword.loop.orders.jobs:tell_delays", every=60),
    Periodic("silent parcels", "afterword.loop.orders.jobs:tell_stalls", every=60),
    Periodic("campaigns' tests", "afterword.loop.campaigns.jobs:conclude", every=15),
    Periodic("clocks", "afterword.loop.journeys.jobs:keep_clocks", every=60),
    Periodic("shipped journeys", "afterword.loop.journeys.jobs:offer_shipped", every=3600),
    Periodic("copies of messages", "afterword.loop.messages.jobs:send_copies", every=30),
    Periodic("bodies of messages", "afterword.loop.messages.jobs:end_bodies", every=3600),
    Periodic("receipts of nobody's", "afterword.loop.messages.jobs:end_early", every=3600),
    Periodic("links of messages", "afterword.loop.messages.jobs:try_links", every=3600),
    Periodic("what messages are worth", "afterword.loop.messages.jobs:weigh", every=86400),
    Periodic("complaints", "afterword.loop.messages.jobs:watch", every=300),
    Periodic("paces", "afterword.loop.channels.jobs:forget_paces", every=86400),
    Periodic("mails that were read", "afterword.loop.channels.jobs:forget_pulled", every=86400),
    Periodic("spent links", "afterword.loop.accounts.jobs:forget_spent", every=3600),
    Periodic("nightly check", "afterword.insight.backtests.jobs:check_at_night", every=600),
    Periodic("sample shop", "afterword.sample.door:trickle", every=20),
    Periodic("strangers", "afterword.loop.identity.jobs:forget_strangers", every=300),
)

# Done once by a worker that begins, as soon as it alone drives the loop.
FIRST: tuple[str, ...] = ("afterword.loop.messages.jobs:end_leases",)

# What runs in the worker's process beside its loop: each `fn()` starts something and gives it back, to be stopped by `.stop()`.
BESIDE: tuple[str, ...] = (
    "afterword.faces.mailbox.jobs:beside",
    "afterword.faces.mailbox.jobs:receiving",
    "afterword.loop.messages.jobs:fetching",
    "afterword.loop.messages.jobs:collecting",
)

# Each says when it next has something to do, so that the worker sleeps until then: `fn(now) -> instant or None`. Without
# one the worker looks every five seconds.
DUE: tuple[str, ...] = (
    "afterword.loop.journeys.jobs:next_due",
    "afterword.loop.journeys.jobs:next_stride",
    "afterword.loop.messages.jobs:next_due",
    "afterword.loop.segments.jobs:next_due",
    "afterword.loop.campaigns.jobs:next_due",
    "afterword.loop.errands.jobs:next_due",
)

# Modules with a typer `app` whose commands are added to `afterword`; a module that does not exist yet is passed over.
COMMANDS: tuple[str, ...] = (
    "faces.cli.commands",
    "loop.accounts.commands",
    "loop.journeys.commands",
    "loop.segments.commands",
    "loop.campaigns.commands",
    "loop.errands.commands",
    "loop.intake.commands",
    "loop.consent.commands",
    "loop.messages.commands",
    "loop.orders.commands",
    "sample.commands",
    "insight.lake.commands",
    "insight.backtests.commands",
)

# How `afterword up --shop …` starts a shop to live through; `--shop` and `--data` are added.
LIVE: tuple[str, ...] = ("replay", "--live")
