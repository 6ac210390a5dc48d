"""Random templates in random contexts: what is compiled says the same as python-liquid, or fails with the same fault at the same place."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from afterword.kernel.liquid.tests.samples import WAYS, outcomes

GIVEN = ["a", "b", "c", "i", "item"]
NAMES = [*GIVEN * 3, "forloop", "forloop", "tablerowloop", "partial", "größe", "class", "__class__", "None", "a-b"]
KEYS = [*["a", "b", "size", "first", "last"] * 2, "index", "index0", "rindex", "length", "parentloop", "col", "__init__", "items", "get"]
LITERALS = ["1", "0", "-3", "2.5", "'x'", '"<b>"', "''", "' '", "true", "false", "nil", "blank", "empty", "(1..3)", "(a..4)", "(3..1)",
            "'\\n'", "'0'", "'12'", "99999999999999999999"]  # fmt: skip
FILTERS = ["upcase", "downcase", "capitalize", "size", "first", "last", "reverse", "join: ', '", "join", "append: b", "prepend: '<'",
           "plus: 1", "minus: a", "times: 2", "divided_by: 0", "divided_by: 2", "modulo: 2", "default: 'd'",
           "default: b, allow_false: true",
           "escape", "escape_once", "strip_html", "newline_to_br", "split: ','", "sort", "uniq", "map: 'a'", "where: 'a', 1", "compact",
           "slice: 0, 2", "slice: a", "truncate: 3", "truncatewords: 1, ''", "replace: 'x', 'y'", "remove: 'x'", "url_encode", "round: 1",
           "ceil", "abs", "concat: b", "sum", "date: '%Y'", "nosuch", "nosuch: a", "strip", "at_least: 2", "base64_decode", "find: 'a'",
           "upcase: 1", "append", "json", "safe"]  # fmt: skip
SIGNS = ["==", "!=", "<>", "<", ">", "<=", ">=", "contains"]
PARTIALS = {
    "one": "{{ a }}{{ item }}{% assign c = 'of one' %}{% increment i %}{{ forloop.index }}{% break %}",
    "two": "{% for item in b %}{{ item }}{{ forloop.parentloop.index }}{% continue %}x{% endfor %}{% cycle 'p', 'q' %}{{ c }}",
}

path = st.builds(
    lambda name, keys: name + "".join(keys),
    st.sampled_from(NAMES),
    st.one_of(
        st.just([]),
        st.lists(
            st.one_of(st.sampled_from(KEYS).map(".{}".format), st.sampled_from(["[0]", "[-1]", "['a']", "[b]", "[i.a]", "[9]"])), max_size=2
        ),
    ),
)
value = st.one_of(path, st.sampled_from(LITERALS))
filtered = st.builds(lambda v, fs: v + "".join(f" | {f}" for f in fs), value, st.lists(st.sampled_from(FILTERS), max_size=2))
asked = st.one_of(value, st.builds("{} {} {}".format, value, st.sampled_from(SIGNS), value))
condition = st.builds(lambda parts, words: "".join(f"{p} {w} " for p, w in zip(parts, words, strict=False)) + parts[-1],
                      st.lists(asked, min_size=1, max_size=3),
                      st.lists(st.sampled_from(["and", "or"]), min_size=3, max_size=3))  # fmt: skip
text = st.one_of(
    st.sampled_from(["\n", " ", "x\r\ny", "'''", '"""', "\\", "{", "}}", "#", "k0", "<é>"]), st.text(alphabet="ab <&\n", max_size=4)
)
name = st.sampled_from([*GIVEN, "größe", "class"])
options = st.lists(
    st.sampled_from(["limit: 2", "limit: 0", "limit: a", "offset: 1", "offset: continue", "offset: b", "reversed", "limit: 'x'"]),
    max_size=2,
).map(" ".join)


def blocks(inner: SearchStrategy[str]) -> SearchStrategy[str]:
    """Tags that hold other nodes."""
    several = st.lists(inner, max_size=3).map("".join)
    return st.one_of(
        st.builds("{{% if {} %}}{}{{% endif %}}".format, condition, several),
        st.builds("{{% if {} %}}{}{{% elsif {} %}}{}{{% else %}}{}{{% endif %}}".format, condition, several, condition, several, several),
        st.builds("{{% unless {} %}}{}{{% else %}}{}{{% endunless %}}".format, condition, several, several),
        st.builds("{{% for {} in {} {} %}}{}{{% endfor %}}".format, name, value, options, several),
        st.builds("{{% for {} in {} %}}{}{{% else %}}{}{{% endfor %}}".format, name, path, several, several),
        st.builds("{{% tablerow {} in {} {} %}}{}{{% endtablerow %}}".format, name, value,
                  st.sampled_from(["", "cols: 2", "cols: a"]), several),
        st.builds("{{% case {} %}}{{% when {}, {} %}}{}{{% when {} %}}{}{{% else %}}{}{{% endcase %}}".format,
                  value, value, value, several, value, several, several),
        st.builds("{{% capture {} %}}{}{{% endcapture %}}".format, name, several),
        st.builds("{{% ifchanged %}}{}{{% endifchanged %}}".format, several),
    )  # fmt: skip


leaf = st.one_of(
    text,
    st.builds("{{{{ {} }}}}".format, filtered),
    st.builds("{{{{- {} -}}}}".format, filtered),
    st.builds("{{% assign {} = {} %}}".format, name, filtered),
    st.builds("{{% cycle {}, {} %}}".format, value, value),
    st.builds("{{% cycle {}: {}, {} %}}".format, value, value, value),
    st.builds("{{% {} {} %}}".format, st.sampled_from(["increment", "decrement"]), name),
    st.builds("{{% echo {} %}}".format, filtered),
    st.builds("{{% liquid assign {} = {}\n echo {} %}}".format, name, filtered, filtered),
    st.sampled_from(
        ["{% break %}", "{% continue %}", "{% comment %}{{ a }}{% endcomment %}", "{% raw %}{{ a }}{% endraw %}", "{% # no %}"]
    ),
)
template = st.lists(st.recursive(leaf, blocks, max_leaves=8), min_size=1, max_size=5).map("".join)
partial = st.one_of(
    st.sampled_from(["{% include 'one' %}", "{% include 'two', item: a %}", "{% render 'two', b: b, c: 1 %}",
                     "{% render 'one' for b as item %}",
                     "{% include 'one' for b as item %}", "{% render a %}", "{% include a %}", "{% render 'two' with a %}"]),
    template,
)  # fmt: skip
scalar = st.one_of(
    st.none(), st.booleans(), st.integers(-4, 12), st.sampled_from([0.5, -1.0]), st.text(alphabet="ab<&' ,1\r\n", max_size=4)
)
thing: SearchStrategy[Any] = st.recursive(
    scalar,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(["a", "b", "size", "first"]), inner, max_size=3)),
    max_leaves=6,
)
many = st.lists(st.one_of(scalar, st.fixed_dictionaries({"a": scalar, "b": thing})), max_size=4)
full = st.fixed_dictionaries(
    {"a": thing, "b": many, "c": st.one_of(scalar, many), "i": st.fixed_dictionaries({"a": scalar})},
    optional={"item": scalar, "partial": thing},
)
context = st.one_of(full, full, full, st.dictionaries(st.sampled_from(GIVEN), thing, max_size=2))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(WAYS)), template, context)
def test_a_compiled_template_says_what_python_liquid_says(way: str, source: str, given: dict[str, Any]) -> None:
    one, other = outcomes(way, source, given)
    assert one == other


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(sorted(WAYS)), st.lists(st.one_of(partial, blocks(partial)), max_size=4).map("".join), context)
def test_it_does_so_where_templates_share_their_scope(way: str, source: str, given: dict[str, Any]) -> None:
    one, other = outcomes(way, source, given, PARTIALS)
    assert one == other
