"""Money: whole minor units with a currency, never a float."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from .errors import Refused

_WHOLE = ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF")
_THOUSANDTHS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
DIGITS = {**dict.fromkeys(_WHOLE, 0), **dict.fromkeys(_THOUSANDTHS, 3)}
MOST = Decimal(10) ** 15


class NotAnAmount(Refused):
    """“{text}” is not an amount of money."""


def digits(currency: str) -> int:
    """How many digits the minor unit of a currency has (ISO 4217)."""
    return DIGITS.get(currency, 2)


def to_minor(amount: str | int | float | Decimal, currency: str) -> int:
    """An amount as people write it, `12.90`, in minor units; halves of the smallest unit go to the even neighbour."""
    try:
        value = Decimal(str(amount).strip())
    except InvalidOperation:
        raise NotAnAmount(text=str(amount)[:40]) from None
    if isinstance(amount, bool) or not value.is_finite() or abs(value) > MOST:
        raise NotAnAmount(text=str(amount)[:40])
    return int((value * 10 ** digits(currency)).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def in_base(amount_minor: int, currency: str, base: str, rate: Decimal) -> int:
    """The amount in minor units of `base`, at what one unit of `currency` is worth in it; halves go to the even neighbour."""
    shift = Decimal(10) ** (digits(base) - digits(currency))
    return int((Decimal(amount_minor) * rate * shift).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
