"""By which channels each origin writes, as the rooms that send know, and what of that nobody carries yet."""

from __future__ import annotations

from collections.abc import Callable, Collection

from afterword.kernel.errors import Refused
from afterword.loop.channels import door as channels

from ..types import NobodyCarries, NoServer
from .servers import carries

Source = Callable[[str], Collection[str] | None]
EMAIL = "email"
_sources: dict[str, Source] = {}


def register_channels(name: str, source: Source) -> None:
    """Have going live ask this room too: origin → the channels its steps send by (one, several with commas between, or `auto`); None for
    an origin of others. Registering again changes nothing."""
    _sources[name] = source


def lacking(origin: str) -> list[Refused]:
    """What has to be set up before everything that this origin sends can leave; nothing where it sends nothing, or all is there.

    Of several ways one is enough. An origin that no room knows is taken to write mails.
    """
    wanted = next((ways for source in _sources.values() if (ways := source(origin)) is not None), (EMAIL,))
    there = {way.channel for way in channels.ways()} | ({EMAIL} if carries() else set())
    short = [asked for asked in dict.fromkeys(wanted) if not _open(asked, there)]
    mail = any(asked in (EMAIL, channels.ANY_CHANNEL) for asked in short)
    others = [asked for asked in short if asked not in (EMAIL, channels.ANY_CHANNEL)]
    found: list[Refused] = [NoServer()] if mail else []
    if others:
        found.append(NobodyCarries(channels=", ".join(map(_named, others))))
    return found


def _open(asked: str, there: Collection[str]) -> bool:
    """Whether a step that sends so has a way out."""
    return bool(there) if asked == channels.ANY_CHANNEL else any(one.strip() in there for one in asked.split(","))


def _named(asked: str) -> str:
    return " or ".join(channels.CHANNELS.get(one.strip(), one.strip()) for one in asked.split(","))
