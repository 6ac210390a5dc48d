"""The rendering alone, beside other engines: the order confirmation that ships, HTML and text, one process, one core.

The same template, translated word for word, in Jinja2 and in minijinja; and interpreted by python-liquid. Every engine calls the same
filters, and says the same: that is looked at before anything is measured.
"""

from __future__ import annotations

import html
import os
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from .__main__ import tell
from .ground import Figure

KEY, LOCALE = "order_confirmation", "en"
NOW = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
ROUNDS, TIMES = 7, 600
_LIQUID = re.compile(r"\{%-?\s*(.*?)\s*-?%\}|\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
Both = tuple[Callable[[], str], Callable[[], str]]


def order() -> dict[str, Any]:
    """An order of three things, two of them with a picture."""
    things = [("Mug “Snail Hill”", "350 ml", 2, 3800, "mug"), ("Bowl", "blue", 1, 1800, "bowl"), ("Plate & saucer", "", 1, 1140, "")]
    return {
        "number": "#24971", "placed_at": datetime(2026, 11, 13, 20, 32, tzinfo=UTC), "currency": "EUR", "total_minor": 6740,
        "shipping_minor": 990, "discount_minor": 500, "promised_from": date(2026, 11, 18), "promised_to": date(2026, 11, 19),
        "lines": [{"title": title, "variant": kind, "quantity": n, "total_minor": minor,
                   "url": f"https://lut.example/{at}" if at else "", "image_url": f"https://lut.example/{at}.jpg" if at else ""}
                  for title, kind, n, minor, at in things],
        "address": {"name": "김서연", "line1": "Weserstraße 41", "city": "Berlin", "postcode": "12045", "country": "DE"},
    }  # fmt: skip


def jinja(source: str) -> str:
    """Liquid as Jinja has it, for what stands in this one message."""

    def tag(found: re.Match[str]) -> str:
        word, said = found.group(1), found.group(2)
        if said is not None:
            return "{{ " + _filters(said) + " }}"
        word = re.sub(r"^assign\b", "set", re.sub(r"\blimit: (\d+)", r"\1", word)).replace("elsif", "elif").replace("blank", '""')
        word = re.sub(r"^(for \w+ in [\w.]+) (\d+)$", r"\1[:\2]", re.sub(r"([\w.]+)\.size", r"\1|length", word))
        return "{% " + _filters(word) + " %}"

    return _LIQUID.sub(tag, source)


def _filters(text: str) -> str:
    text = re.sub(r"\| (\w+): (\w+): ([\w.]+)", r"| \1(\2=\3)", text)
    return re.sub(r"\| (\w+): ([\w.']+)", r"| \1(\2)", text)


def filters(seen: Mapping[str, Any]) -> dict[str, Callable[..., Any]]:
    """The house's filters for engines that have no context of ours: what they read of it is bound."""
    from afterword.loop.messages.rules.catalogues import catalogue
    from afterword.loop.messages.rules.liquid import address_lines, spoken_money

    words = catalogue(LOCALE)
    return {
        "t": lambda key, **named: words.say(key, {**seen["words"], **named}, named.get("count")),
        "voiced": lambda key: words.say(f"voice.{seen['brand']['voice']}.{key}", seen["words"]),
        "money": lambda minor, currency: spoken_money(minor, currency, str(words.babel)),
        "address": lambda given: address_lines(given, LOCALE),
        "tracked": seen["tracker"],
    }


def engines() -> tuple[dict[str, Both], Callable[[], object]]:
    """The two templates of each engine, ready to render; and a whole letter: subject, context, HTML, text made tidy."""
    import jinja2
    import minijinja
    from liquid import BoundTemplate

    from afterword.loop.accounts.types import Brand
    from afterword.loop.messages.rules import render
    from afterword.loop.messages.rules.brand import Dress
    from afterword.loop.messages.rules.links import Ring, links_for
    from afterword.loop.messages.rules.liquid import Fenced, environment

    brand = Brand(sender_email="salut@lut.example", postal_address="Strada Matei Corvin 6, Cluj", site_url="https://lut.example/")
    dress, context = (
        Dress("Lut & Boabe", brand),
        {"now": NOW, "zone": "Europe/Berlin", "customer": {"first_name": "Seoyeon"}, "order": order()},
    )
    links = links_for(Ring({1: b"x" * 32}, 1), "https://care.example/c", message_id=UUID(int=1), customer_id=UUID(int=2),
                      order_id=UUID(int=3), store="main", topic="service", now=NOW, locale=LOCALE)  # fmt: skip
    seen = render.seen_by(KEY, LOCALE, context, dress, links)
    source, made = render.settled(render.structure(KEY), LOCALE, brand.colour, brand.type), filters(seen)
    found: dict[str, Both] = {}
    for name, kind in (("compiled", None), ("python-liquid", BoundTemplate)):
        both: list[Callable[[], str]] = []
        for is_html, text in ((True, source.html), (False, source.text)):
            env = environment(LOCALE, html=is_html)
            if kind:
                plain = type("Interpreted", (Fenced,), {"template_class": kind})(autoescape=is_html, undefined=env.undefined)
                plain.filters = env.filters
                env = plain
            both.append(partial(env.from_string(text).render, seen))
        found[name] = (both[0], both[1])
    other = jinja2.Environment(autoescape=True), jinja2.Environment(autoescape=False)  # noqa: S701  # the second is plain text
    for one in other:
        one.filters.update(made)
    whole, plain_text = other[0].from_string(jinja(source.html)), other[1].from_string(jinja(source.text))
    found["Jinja2"] = (lambda: whole.render(seen), lambda: plain_text.render(seen))
    mini = minijinja.Environment(templates={"a.html": jinja(source.html), "a.txt": jinja(source.text)})
    for name, one_filter in made.items():
        mini.add_filter(name, one_filter)
    found["minijinja"] = (lambda: mini.render_template("a.html", **seen), lambda: mini.render_template("a.txt", **seen))
    return found, lambda: render.render(KEY, LOCALE, context, dress, links)


def rates(works: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """How often a second each is done, by the processor's time: the best of some rounds, in turn, so that each meets the same machine."""
    best = dict.fromkeys(works, float("inf"))
    for _ in range(ROUNDS):
        for name, work in works.items():
            began = time.process_time()
            for _ in range(TIMES):
                work()
            best[name] = min(best[name], (time.process_time() - began) / TIMES)
    return {name: 1 / seconds for name, seconds in best.items()}


def said(text: str) -> str:
    """A text without what engines may write in different ways: blanks, and how a sign is escaped."""
    return " ".join(html.unescape(text).split())


def measure() -> list[Figure]:
    found, letter = engines()
    for name, both in found.items():
        for one, other in zip(both, found["compiled"], strict=True):
            assert said(one()) == said(other()), name
    both = rates({**{name: lambda one=one, two=two: (one(), two()) for name, (one, two) in found.items()}, "letter": letter})  # type: ignore[misc]
    alone = rates({name: one for name, (one, _) in found.items()})
    load = f"load {os.getloadavg()[0]:.1f}"

    def figure(work: str, goal: str, rate: Mapping[str, float]) -> Figure:
        ours = rate["compiled"]
        against = "; ".join(f"{ours / rate[name]:.2f} × {name} ({rate[name]:,.0f})" for name in ("Jinja2", "minijinja", "python-liquid"))
        return Figure("B7", work, goal, f"{ours:,.0f} a second and core", f"{against}; {load}")

    return [
        figure("the order confirmation rendered, HTML and text", "≥ 5,000 a second and core", both),
        figure("its HTML alone", "", alone),
        Figure("B7", "the same as a letter: subject, links' addresses, context, HTML, text made tidy", "≥ 5,000 a second and core",
               f"{both['letter']:,.0f} a second and core", load),
    ]  # fmt: skip


if __name__ == "__main__":
    figures = measure()
    for one_figure in figures:
        print(f"| {' | '.join(one_figure.__dict__.values())} |")
    tell(figures)
