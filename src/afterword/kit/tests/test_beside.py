"""Answers of several threads: all that were given are heard, and nobody waits for ever."""

import threading
import time
from collections.abc import Callable

import pytest

from afterword.kit import beside

pytestmark = pytest.mark.timeout(20)


def shared(numbers: list[int], does: Callable[[int], None]) -> Callable[[Callable[[int], None]], None]:
    """Work that several threads share: each takes a number, does something with it and says it."""
    lock = threading.Lock()

    def line(tell: Callable[[int], None]) -> None:
        while True:
            with lock:
                if not numbers:
                    return
                number = numbers.pop()
            does(number)
            tell(number)

    return line


def test_every_answer_is_heard_once() -> None:
    heard = list(beside.answers(shared(list(range(500)), lambda _: None), lines=4, many=500, name="t"))
    assert sorted(n for n in heard if n is not None) == list(range(500))


def test_a_breath_without_an_answer_is_told_as_nothing() -> None:
    heard = list(beside.answers(shared([1], lambda _: time.sleep(0.2)), lines=1, many=1, name="t", breath=0.02))
    assert heard[-1] == 1
    assert len(heard) > 3
    assert set(heard[:-1]) == {None}


@pytest.mark.parametrize("breath", [None, 0.01])
def test_a_fault_of_one_thread_reaches_the_caller_after_all_that_the_others_said(breath: float | None) -> None:
    def does(number: int) -> None:
        if number == 7:
            raise ZeroDivisionError
        time.sleep(0.01)

    heard: list[int | None] = []
    answers = beside.answers(shared(list(range(8)), does), lines=2, many=8, name="t", breath=breath)
    with pytest.raises(ZeroDivisionError):
        heard.extend(answers)
    assert sorted(n for n in heard if n is not None) == list(range(7))


def test_work_that_ends_without_all_its_answers_is_not_waited_for() -> None:
    with pytest.raises(beside.Silent, match="a word about 1 of 3"):
        list(beside.answers(shared([1, 2], lambda _: None), lines=2, many=3, name="t"))


def test_nothing_to_answer_is_nothing() -> None:
    assert list(beside.answers(shared([], lambda _: None), lines=3, many=0, name="t")) == []
