"""Faults of the line in words of people: what went wrong, and never a number of the machine."""

from __future__ import annotations

import socket
import ssl
from http.client import BadStatusLine, RemoteDisconnected

import pytest

from afterword.kernel.faults import kind, root, told


@pytest.mark.parametrize(("fault", "said"), [
    (ConnectionRefusedError(111, "Connection refused"), "nothing answers on port 443 of api.example"),
    (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "there is no server called api.example"),
    (socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), "the name api.example cannot be looked up from here just now"),
    (TimeoutError("timed out"), "api.example does not answer on port 443"),
    (TimeoutError(110, "Connection timed out"), "api.example does not answer on port 443"),
    (OSError(101, "Network is unreachable"), "api.example cannot be reached from here"),
    (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)"), "port 443 of api.example does not begin with TLS"),
    (ConnectionResetError(104, "Connection reset by peer"), "the server broke the line off"),
    (BrokenPipeError(32, "Broken pipe"), "the server broke the line off"),
    (RemoteDisconnected("Remote end closed connection without response"), "the server broke the line off"),
    (BadStatusLine("SSH-2.0"), "what was answered is none of the web's (BadStatusLine: SSH-2.0)"),
])  # fmt: skip
def test_every_fault_of_the_line_has_its_words(fault: BaseException, said: str) -> None:
    assert told(fault, "api.example", 443) == said
    assert "Errno" not in told(fault, "api.example")


def test_a_certificate_that_is_old_or_another_s_or_nobody_s_is_said_so() -> None:
    of = [
        ssl.SSLCertVerificationError(1, f"certificate verify failed: {why}") for why in ("has expired", "Hostname mismatch", "self-signed")
    ]
    assert [kind(one) for one in of] == ["expired", "misnamed", "unsigned"]


def test_the_fault_behind_a_library_s_own_is_found() -> None:
    try:
        try:
            raise ConnectionRefusedError(111, "Connection refused")
        except OSError as fault:
            raise ValueError("the library's") from fault
    except ValueError as fault:
        outer = OSError("HTTPSConnectionPool(host='x'): Max retries exceeded", fault)
    assert kind(root(outer)) == "refused"
    assert root(one := ValueError("nothing behind")) is one
