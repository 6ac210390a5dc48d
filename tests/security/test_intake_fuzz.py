"""Whatever a body holds, the intake gives a clear answer: the shapes come from its own description, the values from anywhere."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afterword.faces.api.hooks.native import describe
from afterword.loop.accounts import door as accounts
from afterword.loop.events.door import vocabulary

SEEN = settings(max_examples=150, deadline=None, database=None, derandomize=True,
                suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large])  # fmt: skip
WORDS = st.text(st.characters(codec="utf-16", categories=None), max_size=30) | st.sampled_from(
    [
        "\x00",
        "a\x00b",
        "\ufffe",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-02-30T00:00:00Z",
        "2026-05-04T09:00:00Z",
        "x" * 3_000,
    ]
)
NUMBERS = st.integers() | st.sampled_from([2**31, 2**63, -(2**63) - 1, 10**400]) | st.floats()
ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
)
NAMES = st.sampled_from(sorted(one.name for one in vocabulary)) | WORDS


def of(schema: dict[str, Any], known: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that fit the description, and now and then one that does not."""
    schema = known[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    match schema.get("type"):
        case _ if "anyOf" in schema:
            good = st.one_of(*(of(one, known) for one in schema["anyOf"]))
        case "object" if "properties" in schema:
            fields = {name: of(one, known) for name, one in schema["properties"].items()}
            if "name" in fields:
                fields["name"] = NAMES
            good = st.fixed_dictionaries({}, optional=fields)
        case "array":
            good = st.lists(of(schema["items"], known), max_size=4)
        case "boolean":
            good = st.booleans()
        case "string":
            good = WORDS
        case _:
            good = ANYTHING
    return good | ANYTHING if schema.get("type") != "object" else good


def bodies() -> st.SearchStrategy[Any]:
    known = describe()["components"]["schemas"]
    return of({"$ref": "EventIn"}, known) | of({"$ref": "EventsIn"}, known) | ANYTHING


def segment() -> st.SearchStrategy[Any]:
    call = st.fixed_dictionaries(
        {"type": st.sampled_from(["track", "identify", "page", "group", "alias", "screen"]) | ANYTHING},
        optional={"event": st.sampled_from(["Order Completed", "Order Refunded", "Product Viewed"]) | ANYTHING, "userId": ANYTHING,
                  "anonymousId": ANYTHING, "messageId": ANYTHING, "timestamp": ANYTHING, "sentAt": ANYTHING, "traits": ANYTHING,
                  "properties": ANYTHING, "context": ANYTHING, "previousId": ANYTHING},
    )  # fmt: skip
    return st.fixed_dictionaries(
        {"batch": st.lists(call | ANYTHING, max_size=4) | ANYTHING}, optional={"sentAt": ANYTHING, "context": ANYTHING}
    )


@pytest.fixture
def tell(db: None) -> Any:
    key = accounts.create_key("main", "fuzz", by=None)
    headers = {"Authorization": "Basic " + b64encode(f"{key}:".encode()).decode()}
    browser = Client(raise_request_exception=False)

    def told(path: str, said: Any) -> None:
        raw = json.dumps(said).encode() if not isinstance(said, bytes) else said
        answer = browser.post(path, raw, content_type="application/json", headers=headers)
        assert answer.status_code < 500, (answer.status_code, raw[:500])
        json.loads(answer.content)

    return told


@SEEN
@given(said=bodies())
def test_events_in_our_own_words_never_break_the_intake(tell: Any, said: Any) -> None:
    tell("/api/v1/events", said)


@SEEN
@given(said=segment())
def test_batches_in_segments_words_never_break_the_intake(tell: Any, said: Any) -> None:
    tell("/v1/batch", said)


@SEEN
@given(said=st.binary(max_size=200))
def test_bytes_that_are_no_json_are_answered(tell: Any, said: bytes) -> None:
    tell("/api/v1/events", said)
    tell("/v1/batch", said)


@pytest.mark.parametrize(
    "said", [b"[" * 100_000, b'{"events":' + b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe", b'"\xed\xa0\x80"', b"1e999999", b""]
)
def test_what_is_built_to_break_a_reader_is_answered(tell: Any, said: bytes) -> None:
    tell("/api/v1/events", said)
    tell("/v1/batch", said)
    tell("/v1/track", said)
