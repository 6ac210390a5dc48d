"""A key's bucket: what is told is never more than rate and burst allow."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from afterword.faces.api.rules import Allowance, full

ASKED = st.lists(st.tuples(st.floats(0, 5), st.integers(0, 40)), max_size=40)


@given(asked=ASKED, rate=st.integers(1, 20), burst=st.integers(1, 60))
def test_what_goes_through_is_bounded_and_who_waits_as_told_gets_through(asked: list[tuple[float, int]], rate: int, burst: int) -> None:
    allowed = Allowance(rate, burst)
    now, went, bucket = 0.0, 0, full(0.0, allowed)
    for pause, events in asked:
        now += pause
        bucket, standing = bucket.ask(events, now, allowed)
        if standing.wait:
            _, later = bucket.ask(events, now + standing.wait, allowed)
            assert later.wait == 0
        else:
            went += min(events, burst)
        assert 0 <= standing.remaining <= burst
        assert went <= burst + rate * now + 1e-6


def test_a_clock_that_seems_to_go_back_gives_nothing_away() -> None:
    bucket, _ = full(10.0, Allowance(1, 5)).ask(5, 10.0, Allowance(1, 5))
    assert bucket.ask(1, 9.0, Allowance(1, 5))[1].wait == 1
