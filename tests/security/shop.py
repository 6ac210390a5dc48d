"""Every address there is, filled with what exists in a small shop, and the people who ask for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver

from afterword.faces.console.tests.conftest import SENT, Shop
from afterword.kit import clock, sql
from afterword.loop.channels import door as channels
from afterword.loop.journeys import door as journeys
from afterword.loop.segments import door as segments

# Pages that are for everybody: entrances, the look, what says that we live, and what asks for a key or a signed link itself.
OPEN = ("health", "favicon.ico", "look/", "sign-in", "v1/", "api/", "hooks/", "c/")
MACHINES = ("v1/", "api/", "hooks/")


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver and an address it matches; `route` is how the pattern is written."""

    route: str
    path: str

    @property
    def open(self) -> bool:
        """Whether strangers may ask for it."""
        return self.route.startswith(OPEN)


def patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every pattern with its whole route."""
    for one in (resolver or get_resolver()).url_patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one, route)
        else:
            yield route, one


def known(shop: Shop) -> dict[str, list[str]]:
    """What a converter's name may stand for here: things of the first store, in the order in which to try them."""
    journey = journeys.names()
    channels.add_domain("order.placed", at=clock.now())  # a domain by the name that stands for every name here
    mail, member = sql.value("select id from mailbox_mail limit 1"), sql.value("select min(id) from accounts_member")
    return {
        "key": [next(iter(journey), "satisfaction"), "main", "csat", *dict(segments.names())], "step": ["ask"], "run": [str(UUID(int=9))],
        "message": [str(SENT)], "message_id": [str(SENT)], "name": ["order.placed"], "locale": ["ro"], "what": ["rehearsal"],
        "id": [str(shop.ana), str(shop.first), str(shop.event), str(SENT), str(shop.body), str(mail or 1), str(member or 1)],
        "token": ["nonsense"], "score": ["5"], "kind": ["track"],
    }  # fmt: skip


def addresses(shop: Shop) -> list[Address]:
    """Each pattern with every value that may stand in it; a new page is covered without being named."""
    found, values = [], known(shop)
    for route, pattern in patterns():
        converters = pattern.pattern.converters
        varies = next((name for name in ("id", "key") if name in converters), "")
        for choice in values.get(varies, [""]):
            path = route
            for name, converter in converters.items():
                given = choice if name == varies else values.get(name, ["1"])[0 if not route.startswith("segments/") else -1]
                if not _matches(converter.regex, given):
                    break
                path = _filled(path, name, given)
            else:
                found.append(Address(route, "/" + path))
    return found


def _filled(route: str, name: str, value: str) -> str:
    return re.sub(rf"<(?:[a-z]+:)?{name}>", value, route)


def _matches(regex: str, value: str) -> bool:
    return re.fullmatch(regex, value) is not None
