"""What the compiler makes of a template: fast where it can, whole where it cannot, and never code out of text."""

from __future__ import annotations

from typing import Any

import pytest
from liquid import DictLoader, Environment, StrictUndefined
from liquid.exceptions import LiquidError, LiquidSyntaxError, LoopIterationLimitError, OutputStreamLimitError, UndefinedError
from liquid.filter import with_context

from afterword.kernel.liquid.template import Compiled, Work
from afterword.kernel.liquid.tests.samples import Limited, outcomes


class Fast(Environment):
    template_class = Compiled


class FastLimited(Limited):
    template_class = Compiled


HOSTILE = [
    "{{ \"');import os;os._exit(1)#\" }}",
    "{{ '\\n\"\"\"' }}{{ a['\"]+__import__(\"os\")+[\"'] }}",
    "{% assign __import__ = 1 %}{{ __import__ }}",
    "{% assign class = 1 %}{% for def in (1..2) %}{{ def }}{{ class }}{% endfor %}",
    "{% capture MISSING %}x{% endcapture %}{{ MISSING }}{{ PLAIN }}",
    "{{ k0 }}{{ g0 }}{{ o0 }}{{ data }}{{ given }}{{ ctx }}{{ v }}{{ t }}", "{{ a | upcase: **b }}", "{{ a | append: context: 1 }}",
    "{{ a | default: 'x', environment: 1, __class__: 2 }}", "{% increment import %}{{ import }}", "{% cycle 'a\"': '1', \"'\" %}",
    "{{ a.__class__.__mro__ }}{{ a.__init__.__globals__ }}{{ forloop.__class__ }}", "\u2028{{ größe\u00e4 }}\x00\ud7ff{{ '\u2029' }}",
    "{% for i in a.__dict__ %}{{ i }}{% endfor %}", "{# {{ a }} #}\\{{ '\\\\' }}\r\n'",
    "{% if __builtins__ %}x{% endif %}{{ __builtins__ | size }}",
    "{% for forloop in (1..2) %}{{ forloop.index }}{{ forloop }}{% endfor %}",
    "{% tablerow i in (1..2) cols: '2' %}{{ tablerowloop.row }}{% endtablerow %}",
]  # fmt: skip


@pytest.mark.parametrize("source", HOSTILE)
def test_the_text_of_a_template_never_becomes_code(source: str) -> None:
    for way in ("plain", "escaped", "limited", "strict"):
        one, other = outcomes(way, source, {"a": "x'\"", "b": [1]})
        assert one == other


@pytest.mark.parametrize(
    ("source", "compiles"),
    [
        ("{% for i in (1..1) %}" * 12 + "x" + "{% endfor %}" * 12, True),
        ("{% for i in (1..1) %}" * 25 + "x" + "{% endfor %}" * 25, False),
        ("{{ a" + "[a" * 60 + "]" * 60 + " }}", True),
        ("{{ a" + "[a" * 110 + "]" * 110 + " }}", False),
        ("{% if " + " and a or ".join(["a"] * 100) + " %}x{% endif %}", False),
        ("{% include 'one' %}", False),
        ("{{ a | asking }}", False),
    ],
    ids=["loops", "loops too deep", "paths", "paths too deep", "conditions too deep", "include", "a filter with a whole context"],
)
def test_what_cannot_be_compiled_is_rendered_all_the_same(source: str, compiles: bool) -> None:
    def asking(value: Any, *, context: Any) -> str:
        return f"{value}{context.resolve('b')}"

    fast, slow = (kind(loader=DictLoader({"one": "{{ a }}"})) for kind in (Fast, Environment))
    for env in (fast, slow):
        env.add_filter("asking", with_context(asking))
    template = fast.from_string(source)
    given = {"a": "x", "b": 2}
    assert template.render(**given) == slow.from_string(source).render(**given)
    assert isinstance(template, Compiled)
    assert isinstance(template._closed, Work) is compiles


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("a\n{% for i in (1..20) %}{% for j in (1..20) %}{% endfor %}{% endfor %}", LoopIterationLimitError),
        ("a\n{% for i in (1..200) %}{{ 'ééééééééé' }}{% endfor %}", OutputStreamLimitError),
        ("a\n" + "{{ a }}" * 100, OutputStreamLimitError),
        ("{% capture b %}{% for i in (1..250) %}0123456789{% endfor %}{% endcapture %}", OutputStreamLimitError),
        ("{% for i in (1..3) %}{% capture b %}{{ b }}{{ a }}{{ b }}{% endcapture %}{% endfor %}" * 9, LiquidError),
    ],
)
def test_limits_hold_and_name_the_same_place(source: str, kind: type[LiquidError]) -> None:
    with pytest.raises(kind):
        FastLimited().from_string(source).render(a="x" * 30)
    one, other = outcomes("limited", source, {"a": "x" * 30})
    assert one == other


def test_what_is_captured_is_counted_as_what_it_is() -> None:
    source = "{{ a }}{% for i in (1..9) %}{% capture b %}{{ i }}{{ a }}{% endcapture %}{% ifchanged %}{{ b }}{% endifchanged %}{% endfor %}"
    for size in (100, 190, 250):
        one, other = outcomes("limited", source, {"a": "é" * (size // 2)})
        assert one == other


def test_a_fault_names_its_line() -> None:
    for source, fault in (
        ("a\n\n{{ 'x' | upcase: 1 }}", LiquidError),
        ("a\n\n{{ nosuch }}", UndefinedError),
        ("\n\n{% break %}", LiquidSyntaxError),
    ):
        with pytest.raises(fault) as raised:
            Fast(undefined=StrictUndefined).from_string(source).render()
        place = raised.value.context()
        assert place
        assert place[0] == 3


@pytest.mark.parametrize("leaving", ["break", "continue"])
def test_what_leaves_a_loop_leaves_it_from_within_a_when_and_a_table(leaving: str) -> None:
    inner = "{% case i %}{% when a, 2, a %}w{% if i == 2 %}{% LEAVE %}{% endif %}x{% else %}-{% endcase %}{{ i }}".replace("LEAVE", leaving)
    for around in ("{% for i in (1..3) %}THIS{% endfor %}", "{% tablerow i in (1..3) cols: 2 %}THIS{% endtablerow %}", "THIS",
                   "{% for j in (1..2) %}{% tablerow i in (1..3) %}THIS{% endtablerow %}THIS{% endfor %}"):  # fmt: skip
        for given in ({"a": 1}, {"a": 2, "i": 2}):
            one, other = outcomes("plain", around.replace("THIS", inner), given)
            assert one == other
    assert Fast().from_string("{% for i in (1..3) %}" + inner + "{% endfor %}").compiles()  # type: ignore[attr-defined]


def test_a_counter_has_counted_when_the_next_output_reads_it() -> None:
    one, other = outcomes("plain", "{% increment c %}{{ c | plus: 10 }}{% decrement c %}{{ c | append: '' }}{% cycle 'a', c %}{{ c }}", {})
    assert one == other


def test_a_template_renders_again_and_again_from_the_beginning() -> None:
    template = Fast().from_string(
        "{% increment n %}{% cycle 'a', 'b' %}{% assign x = x | append: 'y' %}{{ x }}{% ifchanged %}c{% endifchanged %}"
    )
    assert {template.render() for _ in range(3)} == {"0ayc"}


def test_values_of_the_environment_and_of_the_template_are_seen() -> None:
    template = Fast(globals={"a": 1, "b": 1}).from_string("{{ a }}{{ b }}{{ c }}", globals={"b": 2, "c": 2})
    assert template.render(c=3) == "123"


class Drop:
    """A thing that says for itself what it is in Liquid."""

    def __init__(self, meaning: object) -> None:
        self.meaning = meaning

    def __liquid__(self) -> object:
        return self.meaning

    def __html__(self) -> str:
        return "<b>drop</b>"

    def __str__(self) -> str:
        return "<drop>"

    def __getitem__(self, key: str) -> object:
        return {"a": self}[key]


@pytest.mark.parametrize("way", ["plain", "escaped", "strict"])
@pytest.mark.parametrize("meaning", [None, False, 0, 1, "a", "", []])
def test_things_of_the_program_s_own_mean_what_they_say(way: str, meaning: object) -> None:
    source = (
        "{{ d }}{{ d.a }}{{ d.b }}{{ e[d] }}{% if d %}yes{% endif %}{% if d == 1 %}one{% endif %}{% if d == 'a' %}a{% endif %}"
        "{% if d == blank %}blank{% endif %}{% if d < 2 %}less{% endif %}{% case d %}{% when 1, 'a' %}case{% endcase %}"
        "{{ d | default: 'none' }}"
    )
    one, other = outcomes(way, source, {"d": Drop(meaning), "e": {"a": 1}})
    assert one == other
