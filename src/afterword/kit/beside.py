"""Several threads beside one another that answer for a known number of things, heard by one caller as they answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import TypeVar

from afterword.kernel.errors import Failed

T = TypeVar("T")


class Silent(Failed):
    """The work ended without a word about {left} of {many}."""


def answers(
    work: Callable[[Callable[[T], None]], None], *, lines: int, many: int, name: str, breath: float | None = None
) -> Iterator[T | None]:
    """The answers as they come, and None after each `breath` (seconds) without one. Nobody waits for ever.

    Args:
        work: what each thread does; it is given the function to which it says each answer.
        lines: how many threads at most.
        many: how many answers there will be.
        name: of the threads.

    Raises:
        Exception: the first fault of a thread, once the others have ended and all they answered was given.
        Silent: every thread has ended, and some answers never came.
    """
    if not many:
        return
    lines = min(lines, many)
    told = SimpleQueue[T | Future[None]]()
    left, faults = many, list[BaseException]()
    with ThreadPoolExecutor(lines, name) as pool:
        for _ in range(lines):
            pool.submit(work, told.put).add_done_callback(told.put)
        while left and lines:
            try:
                said = told.get(timeout=breath)
            except Empty:
                yield None
                continue
            if isinstance(said, Future):
                lines -= 1
                if (fault := said.exception()) is not None:
                    faults.append(fault)
                continue
            left -= 1
            yield said
    if left:
        raise faults[0] if faults else Silent(left=left, many=many)
