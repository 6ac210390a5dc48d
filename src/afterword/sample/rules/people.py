"""Who the simulator's customers are: each one follows from the seed and their number."""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate
from random import Random

from ..simulator.types import Person
from ..simulator.words import COUNTRIES
from .truth import CONSENT_SHARE

TASTES = ("coffee", "coffee and ceramics", "ceramics", "presents")
TASTE_SHARES = (0.46, 0.26, 0.20, 0.08)
HOSTS = ("example.com", "mail.example", "post.example")
_UP_TO = tuple(accumulate(country.share for country in COUNTRIES))


def person(seed: int, n: int) -> Person:
    """The `n`-th customer of the shop of this seed."""
    draw = Random(f"{seed}/person/{n}")
    country = COUNTRIES[min(bisect(_UP_TO, draw.random() * _UP_TO[-1]), len(COUNTRIES) - 1)]
    first, first_latin = draw.choice(country.first_names)
    last, last_latin = draw.choice(country.last_names)
    return Person(
        n=n,
        country=country,
        town=draw.choice(country.towns),
        first_name=first,
        full_name=f"{last}{first}" if country.family_first else f"{first} {last}",
        email=f"{first_latin}.{last_latin}.{1000 + n}@{draw.choice(HOSTS)}",
        street=f"{draw.choice(country.streets)} {draw.randint(1, 140)}",
        taste=draw.choices(TASTES, TASTE_SHARES)[0],
        sharpness=draw.random(),
        allows_marketing=draw.random() < CONSENT_SHARE,
    )
