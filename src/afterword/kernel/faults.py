"""Why somebody could not be reached over the network, in words of people. Pure: it looks at the fault alone.

What to do about it depends on what was set where; whoever knows that says it, by the `Kind`.
"""

from __future__ import annotations

import errno
import ssl
from collections.abc import Iterator
from http.client import HTTPException, IncompleteRead
from socket import EAI_AGAIN, gaierror
from typing import Literal

Kind = Literal[
    "nameless", "unasked", "refused", "silent", "unreached", "expired", "misnamed", "unsigned", "unsealed", "badly_sealed", "broken_off"
]
WORDS: dict[Kind, str] = {
    "nameless": "there is no server called {host}",
    "unasked": "the name {host} cannot be looked up from here just now",
    "refused": "nothing answers on {port}",
    "silent": "{host} does not answer on {port}",
    "unreached": "{host} cannot be reached from here",
    "expired": "the server's certificate has expired",
    "misnamed": "the server's certificate is not made out to {host}",
    "unsigned": "the server's certificate is signed by nobody whom this machine trusts",
    "unsealed": "{port} does not begin with TLS",
    "badly_sealed": "the line could not be sealed",
    "broken_off": "the server broke the line off",
}
UNREACHED = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.ENETDOWN, errno.EHOSTDOWN)
OPEN = ("WRONG_VERSION", "RECORD", "UNEXPECTED_EOF")  # in what the library for TLS says of a port that speaks something else


def kind(fault: BaseException) -> Kind | None:
    """What a fault of the line is; None where it is none, but something that was said or written wrong."""
    match fault:
        case ssl.SSLError():
            return _sealing(fault)
        case gaierror():
            return "unasked" if fault.errno == EAI_AGAIN else "nameless"
        case UnicodeError():  # no name can be written so
            return "nameless"
        case ConnectionRefusedError():
            return "refused"
        case TimeoutError():
            return "silent"
        case OSError() if fault.errno in UNREACHED:
            return "unreached"
        case OSError() | EOFError() | IncompleteRead():
            return "broken_off"
    return None


def _sealing(fault: ssl.SSLError) -> Kind:
    text = str(fault)
    if isinstance(fault, ssl.SSLCertVerificationError):
        return "expired" if "expired" in text else "misnamed" if "match" in text else "unsigned"
    return "unsealed" if any(word in text for word in OPEN) else "badly_sealed"


def root(fault: BaseException) -> BaseException:
    """The fault of the line that stands behind one that a library made of it; the fault itself where there is none."""
    return next((one for one in _behind(fault, set()) if kind(one) not in (None, "broken_off")), fault)


def _behind(fault: BaseException, seen: set[int]) -> Iterator[BaseException]:
    """A fault and all that is behind it, the innermost first: libraries derive theirs from OSError, whatever happened."""
    if id(fault) in seen:
        return
    seen.add(id(fault))
    for one in (fault.__cause__, fault.__context__, getattr(fault, "reason", None), *fault.args):
        if isinstance(one, BaseException):
            yield from _behind(one, seen)
    yield fault


def told(fault: BaseException, host: str, port: int = 0) -> str:
    """What went wrong as a clause without a full stop. A word for whoever mends it follows in brackets where ours says less.

    Args:
        port: 0 where it is not known.
    """
    found = kind(fault)
    if found is None:
        said = "what was answered is none of the web's" if isinstance(fault, HTTPException) else "it could not be asked so"
        return f"{said} ({_word(fault)})"
    place = f"port {port} of {host}" if port else host
    words = WORDS["refused" if found == "silent" and not port else found]
    text = words.format(host=host, port=f"port {port}" if found == "silent" else place)
    return f"{text} ({_word(fault)})" if found == "badly_sealed" else text


def _word(fault: BaseException) -> str:
    """A technical word for a fault, without numbers of the machine."""
    if isinstance(fault, ssl.SSLError):
        return str(fault.reason or "TLS").replace("_", " ").lower()[:80]
    return f"{type(fault).__name__}: {fault}"[:160].rstrip(": ")
