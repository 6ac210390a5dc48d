"""What the compiled functions call: the rules of Liquid that are longer than an expression. Meanings are python-liquid's."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

import markupsafe
from liquid import Environment, Token, Undefined
from liquid.builtin.expressions.logical import is_truthy
from liquid.exceptions import (
    ContextDepthError,
    LiquidTypeError,
    LiquidValueError,
    LocalNamespaceLimitError,
    LoopIterationLimitError,
    OutputStreamLimitError,
    UnknownFilterError,
)
from liquid.limits import to_int
from liquid.stringify import to_liquid_string
from liquid.undefined import UNDEFINED
from markupsafe import Markup

MISSING: Any = object()
ONCE = (None,)
# True in Liquid, and nothing in them that Liquid would ask for its meaning.
PLAIN = frozenset({str, int, float, list, dict, tuple, range, Decimal, Markup})
_NAMED = {True: "true", False: "false"}


def _escape_slowly(text: str) -> str:
    return str(markupsafe.escape(text))


escape: Callable[[str], str] = getattr(markupsafe, "_escape_inner", _escape_slowly)


def escaped(value: object) -> str:
    """A value as it is written into HTML."""
    kind = type(value)
    if kind is str:
        return escape(value)  # type: ignore[arg-type]
    if kind is Markup:
        return value  # type: ignore[return-value]
    if kind is int:
        return str(value)
    if value is None:
        return ""
    return _NAMED[value] if kind is bool else to_liquid_string(value, True)  # type: ignore[index]


def spoken(value: object) -> str:
    """A value as it is written into plain text."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[return-value]
    if value is None:
        return ""
    if kind is int:
        return str(value)
    return _NAMED[value] if kind is bool else to_liquid_string(value, False)  # type: ignore[index]


def truth(value: object) -> bool:
    """Whether Liquid holds a value for true."""
    if value is None or value is False or type(value) is Undefined:
        return False
    return value is True or is_truthy(value)


def sequence(value: object, strings: bool) -> Sequence[Any] | ItemsView[Any, Any]:
    """What a loop may go through. Raises LiquidValueError for a range too long to count."""
    if isinstance(value, Mapping):
        return value.items()
    if isinstance(value, str) and not strings:
        return [value] if value else []
    if isinstance(value, range):
        try:
            len(value)
        except OverflowError as error:
            raise LiquidValueError("range literal length limit reached", token=None) from error
    return value if isinstance(value, Sequence) else []


def turns(found: Any, limit: int | None, start: int, backwards: bool) -> tuple[Iterable[Any], int, int]:
    """The turns of a loop, how many they are, and where a loop that continues would begin.

    A limit of 0 means none, and one below 0 raises a bare ValueError, as in python-liquid.
    """
    length = len(found)
    if limit is None and not start and not backwards:
        return found, length, length
    stop = min((limit + start if limit is not None else length) or length, length)
    first = min(max(start, 0), length)
    part: Iterable[Any] = found[first:stop] if isinstance(found, list | range) and stop >= 0 else islice(found, first, stop)
    return (reversed(list(part)) if backwards else part), max(stop - first, 0), stop


def whole(value: object, token: Token) -> int:
    """A limit or an offset as a whole number. Raises LiquidTypeError."""
    try:
        return to_int(value)
    except (ValueError, TypeError) as error:
        raise LiquidTypeError(f"expected an integer, found {value.__class__.__name__}", token=token) from error


def columns(value: object) -> int:
    """How many columns a table row has; 0 for what is no number."""
    try:
        return to_int(value)
    except ValueError:
        return 0


def span(start: object, stop: object) -> range:
    """`(start..stop)`, both included; empty where it goes down."""
    first, last = _end(start), _end(stop)
    return range(0) if first > last else range(first, last + 1)


def _end(value: object) -> int:
    try:
        return to_int(value)
    except (ValueError, TypeError):
        return 0


def group(value: object) -> str:
    """The name of a group of cycles."""
    return "__UNDEFINED" if isinstance(value, Undefined) else str(value)


def turn(cycles: dict[object, int], name: str, args: list[object], by_args: bool) -> object:
    """The next of a cycle's values; nothing where a cycle of the same name had more of them."""
    key: object = (name, tuple(args)) if by_args else name or str(args)
    at = cycles.setdefault(key, 0)
    cycles[key] = (at + 1) % len(args)
    return args[at] if at < len(args) else ""


def counted(counters: dict[str, int], name: str, step: int) -> str:
    """A counter, one further: `increment` says what it was, `decrement` what it is."""
    before = counters.get(name, 0)
    counters[name] = before + step
    return str(before if step > 0 else before + step)


def metered(out: list[str], meter: list[Any], limit: int) -> None:
    """Count what was written since the last count. Raises OutputStreamLimitError.

    `meter` is [pieces counted, bytes at most, the list and the meter around it or None]. A sign has four bytes at most; they are only
    counted one by one where that could be too many.
    """
    meter[1] += 4 * sum(map(len, out[meter[0] :]))
    meter[0] = len(out)
    if meter[1] > limit:
        meter[1] = _bytes(out, meter)
        if meter[1] > limit:
            raise OutputStreamLimitError("output stream limit reached", token=None)


def _bytes(out: list[str], meter: list[Any]) -> int:
    size = sum([len(piece.encode("utf-8", "surrogatepass")) for piece in out])
    return size + _bytes(*meter[2]) if meter[2] else size


def joined(out: list[str]) -> str:
    """Everything that was written, its line ends made one kind, as python-liquid's limited streams do."""
    text = "".join(out)
    return "".join([piece.replace("\r\n", "\n").replace("\r", "\n") for piece in out]) if "\r" in text else text


def too_many_turns() -> None:
    raise LoopIterationLimitError("loop iteration limit reached", token=None)


def too_deep() -> None:
    raise ContextDepthError("maximum context depth reached, possible recursive include", token=None)


def too_much_kept() -> None:
    raise LocalNamespaceLimitError("local namespace limit reached", token=None)


def no_filter(_left: object, name: str, token: Token) -> None:
    raise UnknownFilterError(f"unknown filter '{name}'", token=token)


class Here:
    """What a filter may ask of the rendering it works in: the names that are known at its place."""

    __slots__ = ("_names", "env")

    def __init__(self, env: Environment, names: Mapping[str, object]) -> None:
        self.env = env
        self._names = names

    def resolve(self, name: str, *, token: Token | None = None, default: object = UNDEFINED) -> Any:
        """The value of a name; without one the default, or what is undefined."""
        found = self._names.get(name, MISSING)
        if found is not MISSING:
            return found
        return self.env.undefined(name, token=token) if default is UNDEFINED else default

    def over(self, names: Mapping[str, object]) -> Here:
        """The same place, with what the template itself has named in front."""
        return Here(self.env, {**self._names, **{name: value for name, value in names.items() if value is not MISSING}})
