"""Templates, conditions and journeys that people write reach nothing and hang nothing, whatever stands in them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from liquid.exceptions import LiquidError

from afterword.loop.conditions.rules.parse import Scope, parse
from afterword.loop.conditions.types import BadCondition
from afterword.loop.events.door import vocabulary
from afterword.loop.journeys.rules.yaml import loaded
from afterword.loop.journeys.types import BadJourney
from afterword.loop.messages.rules import liquid

QUICK = 8.0  # seconds of the processor; what is tried here would otherwise take hours, or all memory
TWICE = "{% assign a='xxxxxxxxxxxxxxxx' %}"
LONG = "{% assign a='" + "x" * 2_000 + "' %}"


@pytest.fixture(autouse=True)
def quickly() -> Iterator[None]:
    began = time.process_time()  # of this process: a busy machine may take its time
    yield
    assert time.process_time() - began < QUICK


@pytest.mark.parametrize(
    "source",
    [
        "{% if a %}" * 5_000 + "{% endif %}" * 5_000,
        "{{ " + "(" * 3_000 + "1" + ")" * 3_000 + " }}",
        "{% if " + " and ".join(["a"] * 20_000) + " %}{% endif %}",
        "{{ a" + "[b" * 3_000 + "]" * 3_000 + " }}",
        "{% for i in (1..1000000000) %}x{% endfor %}",
        "{% for i in (1..4000) %}{% for j in (1..4000) %}{% assign x = j %}{% endfor %}{% endfor %}",
        "{{ (1..1000000000) | join: ',' | size }}",
        "{{ (1..100000000000000000000) | reverse | first }}",
        "{{ (1..1000000000) | sort | first }}",
        TWICE + "{% assign a = a | append: a %}" * 40 + "{{ a | size }}",
        TWICE + "{% capture a %}{{a}}{{a}}{% endcapture %}" * 40 + "{{ a | size }}",
        LONG + "{% assign a = a | replace: 'x', a %}{% assign a = a | replace: 'x', a %}{{ a | size }}",
        LONG + "{{ a | replace: '', a | replace: '', a | size }}",
        "{% assign a=9999999 %}" + "{% assign a = a | times: a %}" * 40 + "{{ a }}",
        "{{ '" + "9" * 5_000 + "' | money: 'EUR' }}",
        "{{ '0001-01-01T00:00:00+14:00' | date }}",
        "{% assign zone='../../etc/passwd' %}{{ '2026-01-01T00:00:00Z' | date }}",
        LONG + "{% assign l = a | split: '-' %}" + "{% assign l = l | concat: l %}" * 17 + "{{ l | join }}",
        LONG + "{% assign a = a | replace: 'x', a | slice: 0, 150000 %}" + "{% assign b = a | split: 'x' | sort | join: '-' %}" * 2_000,
        "{% for i in (1..5000) %}{% assign a = i %}{% endfor %}" * 3_000,
        "{% assign a='" + "x" * 400 + "' %}" + "{% assign b=a|replace:'x',a %}{{b}}{% if c %}{{b}}{% endif %}" * 3_000,
        "{% if " + " and a or ".join(["a"] * 120) + " %}{% endif %}",
        "{% include '/etc/passwd' %}",
        "{% render '/etc/passwd' %}",
        "{% extends '/etc/passwd' %}",
    ],
    ids=lambda source: source[:40],
)
def test_a_template_that_asks_for_too_much_is_refused(source: str) -> None:
    with pytest.raises(LiquidError):
        liquid.environment("en", html=True).from_string(source).render(a="x", now="2026-05-04T09:00:00+00:00")


@pytest.mark.parametrize(
    "source",
    [
        "{{ a.__class__ }}{{ a['__class__'] }}{{ f.__globals__ }}{{ f.__code__ }}{{ a.format }}", "{{ 'now' | date: '%999999999d' }}",
        "{{ 'now' | date: '" + "%c" * 50_000 + "' }}", "{{ forloop.__init__ }}{{ self }}{{ environment }}{{ template }}",
    ],
    ids=lambda source: source[:40],
)  # fmt: skip
def test_a_template_reads_nothing_of_the_program(source: str) -> None:
    said = liquid.environment("en", html=True).from_string(source).render(a="x", f=parse, now="2026-05-04T09:00:00+00:00")
    assert said == ""


def test_a_template_is_no_book() -> None:
    with pytest.raises(liquid.BadTemplate, match="longer"):
        liquid.checked("{{ a }}" * 200_000, "en")


ALIASES = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(12)
)


@pytest.mark.parametrize(
    "text",
    [ALIASES, "&a [*a]", "!!python/object/apply:os.system ['id']", "!!python/name:os.system", "!include /etc/passwd", "[" * 50_000,
     "{a: " * 3_000 + "1" + "}" * 3_000, "a: " + "9" * 6_000, "a: 9999-99-99", "\x00", "a: 1\na: 2", "---\na\n---\nb\n", "a" * 300_000],
    ids=lambda text: text[:30],
)  # fmt: skip
def test_yaml_that_is_built_to_do_harm_is_refused(text: str) -> None:
    with pytest.raises(BadJourney):
        loaded(text)


@pytest.mark.parametrize(
    "text",
    ["customer.__class__.__mro__ == 1", "__import__('os').system('id')", "(lambda: 1)()", "[x for x in (1,)] == 1", "order['total'] > 1",
     "(" * 900 + "1" + ")" * 900 + " == 1", "not " * 450 + "true", "-" * 1_900 + "1 == 1", "9**9**9**9 == 1", "f'{order}' == 'a'",
     "(a := 1) == 1", "order.total.real > 1", "order.total > 1\nimport os", "\x00", "order.total > " + "9" * 5_000, "count(*[1]) > 1",
     "order.total > 1j", "customer.country == b'x'", " and ".join(["order.total > 1"] * 500), "customer.country.__len__() > 1"],
    ids=lambda text: text[:30],
)  # fmt: skip
def test_a_condition_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadCondition):
        parse(text, Scope(vocabulary))
