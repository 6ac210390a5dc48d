"""The outgoing HTTP client: one request to the very address that was checked, over a connection that may be kept open.

Redirects are not followed: whoever is asked says where they are. What was lost says whether the request had left.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from afterword.kernel import faults
from afterword.kernel.errors import Failed, Refused

from . import clock

MOST = 65_536
PIECE = 65_536
TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


class Inside(Refused):
    """{host} is {address}, inside our own network, and is not called."""


class NoAddress(Refused):
    """“{url}” is no address of the web that can be called."""


class Lost(Failed):
    """{host} could not be asked: {fault}."""

    def __init__(self, *, host: str, fault: str, sent: bool) -> None:
        super().__init__(host=host, fault=fault)
        self.sent = sent


@dataclass(frozen=True)
class Reply:
    """What was answered. Header names in small letters; of the body, at most `MOST` bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text, whatever it is."""
        return self.body.decode("utf-8", "replace")


@lru_cache(maxsize=1)
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


class Line:
    """A connection to whoever is asked, opened when it is needed and kept for the next request to the same host."""

    def __init__(self, *, inside: bool = False, patience: float = 10.0, most: int = MOST, within: float | None = None) -> None:
        """`inside`: whether addresses of our own network may be called. `patience`: seconds to connect, and for each answer.

        Args:
            most: bytes of a body that are read.
            within: seconds in which the whole body must have come; None: as long as something comes within `patience`.
        """
        self.inside, self.patience, self.most, self.within = inside, patience, most, within
        self._to: tuple[str, str, int] | None = None
        self._open: http.client.HTTPConnection | None = None

    def ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, leaving: Callable[[], bool] | None = None
    ) -> Reply | None:
        """The answer to one request.

        Args:
            leaving: asked when the connection stands, just before the first byte leaves; where it says no, nothing leaves and
                None is given back.

        Raises Lost, Inside, NoAddress.
        """
        scheme, host, port, path = _read_address(url)
        sent = False
        try:
            line, fresh = self._line(scheme, host, port)
            if not fresh and _gone(line):
                self.close()
                line, _ = self._line(scheme, host, port)
            if leaving is not None and not leaving():
                return None
            sent = True
            line.request(method, path, body, {"user-agent": "Afterword", **headers})
            answer = line.getresponse()
            read = _read(answer, self.most, self.within)
        except (OSError, http.client.HTTPException, ValueError) as fault:
            self.close()
            raise Lost(host=host, fault=faults.told(fault, host, port), sent=sent) from fault
        if answer.will_close or not answer.isclosed():
            self.close()
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, read)

    def _line(self, scheme: str, host: str, port: int) -> tuple[http.client.HTTPConnection, bool]:
        if self._open is not None and self._to == (scheme, host, port):
            return self._open, False
        self.close()
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        if not self.inside:
            refuse_inside(host, found)
        raw = socket.create_connection((found[0], port), timeout=self.patience)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if scheme == "https":
            raw = _context().wrap_socket(raw, server_hostname=host)
        self._open, self._to = http.client.HTTPConnection(host, port, timeout=self.patience), (scheme, host, port)
        self._open.sock = raw
        return self._open, True

    def close(self) -> None:
        """Let go of the connection."""
        if self._open is not None:
            self._open.close()
            self._open = self._to = None


def _read_address(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port, and the path with its query. Raises NoAddress."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as fault:
        raise NoAddress(url=url[:200]) from fault
    if parts.scheme not in ("http", "https") or not host:
        raise NoAddress(url=url[:200])
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, port or (443 if parts.scheme == "https" else 80), path


def _read(answer: http.client.HTTPResponse, most: int, within: float | None) -> bytes:
    """The body, at most so many bytes of it. Raises TimeoutError where it comes too slowly."""
    if within is None:
        return answer.read(most)
    pieces, until = bytearray(), clock.elapsed() + within
    while len(pieces) < most and (piece := answer.read1(min(PIECE, most - len(pieces)))):
        pieces += piece
        if clock.elapsed() > until:
            raise TimeoutError("the body came too slowly")
    return bytes(pieces)


def _gone(line: http.client.HTTPConnection) -> bool:
    """Whether a connection that was kept is of no more use: closed by the other side, or something came that nobody asked for."""
    if line.sock is None:
        return True
    line.sock.setblocking(False)
    try:
        line.sock.recv(1)
        return True
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    except OSError:
        return True
    finally:
        line.sock.settimeout(line.timeout)


def ask(method: str, url: str, headers: Mapping[str, str], body: bytes, *, inside: bool = False, patience: float = 10.0) -> Reply:
    """One request on a connection of its own. Raises Lost, Inside, NoAddress."""
    line = Line(inside=inside, patience=patience)
    try:
        reply = line.ask(method, url, headers, body)
    finally:
        line.close()
    assert reply is not None  # only `leaving` can hold a request back
    return reply


def refuse_inside(host: str, found: list[str]) -> None:
    """Refuse a host that is found on our own network, this machine, or nowhere. Raises Inside."""
    for address in found:
        ip = _leads_to(ipaddress.ip_address(address))
        if not ip.is_global or ip.is_multicast:
            raise Inside(host=host, address=address)


def _leads_to(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Where an address of the one kind leads by way of the other (RFC 6052, RFC 3056); else itself."""
    if not isinstance(ip, ipaddress.IPv6Address):
        return ip
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in TRANSLATED else ip.sixtofour or ip
