"""The outgoing client: keeps a connection, opens it again when it was closed, and says whether a lost request had left."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from afterword.kit.http import Inside, Line, Lost, NoAddress, ask, refuse_inside

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nX-One: 1\r\n\r\nok"


def _asked(line: socket.socket) -> bool:
    """Whether a whole request came."""
    got = b""
    while piece := line.recv(65_536):
        got += piece
        head, found, body = got.partition(b"\r\n\r\n")
        if found and len(body) >= (len(b"{}") if b"Content-Length: 2" in head else 1 if b"Content-Length: 1" in head else 0):
            return True
    return False


@contextmanager
def server(*answers: bytes | None) -> Iterator[tuple[str, list[int]]]:
    """Answers requests in turn; None closes the connection instead. Counts the connections."""
    listening = socket.create_server(("127.0.0.1", 0))
    left, connections = list(answers), list[int]()

    def serve() -> None:
        while left:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            connections.append(1)
            while left and _asked(line):
                answer = left.pop(0)
                if answer is None:
                    break
                line.sendall(answer)
                if b"then-leave" in answer:
                    break
            line.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/x?y=1", connections
    listening.close()


def test_a_connection_is_kept_and_opened_again_when_it_was_closed() -> None:
    leaves = OK.replace(b"X-One: 1", b"X-Then: then-leave")
    with server(OK, leaves, OK) as (url, connections):
        line = Line(inside=True)
        replies = [line.ask("POST", url, {}, b"{}") for _ in range(3)]
        line.close()
    assert [(r.status, r.text) for r in replies if r] == [(200, "ok")] * 3
    assert len(connections) == 2


def test_what_is_lost_says_whether_it_had_left() -> None:
    with server(None) as (url, _), pytest.raises(Lost) as lost:
        ask("POST", url, {}, b"x", inside=True)
    assert lost.value.sent
    with pytest.raises(Lost) as refused:
        ask("POST", "http://127.0.0.1:9/", {}, b"x", inside=True)
    assert not refused.value.sent
    assert str(lost.value) == "127.0.0.1 could not be asked: the server broke the line off."
    assert str(refused.value) == "127.0.0.1 could not be asked: nothing answers on port 9 of 127.0.0.1."


def test_nothing_leaves_where_leaving_says_no() -> None:
    with server(OK) as (url, _):
        line = Line(inside=True)
        assert line.ask("POST", url, {}, b"x", leaving=lambda: False) is None
        reply = line.ask("POST", url, {}, b"x", leaving=lambda: True)
        line.close()
    assert reply is not None
    assert reply.headers["x-one"] == "1"


def test_our_own_network_is_not_called() -> None:
    with pytest.raises(Inside, match="inside our own network"):
        ask("GET", "https://localhost:9/", {}, b"")
    for address in ("file:///etc/passwd", "https://shop[1]/", "https://[::1/", "https://shop.example:99999/", "https://shop.example:x/"):
        with pytest.raises(NoAddress):
            ask("GET", address, {}, b"")


@pytest.mark.parametrize("found", ["::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "fd00::1", "224.0.0.1"])
def test_no_way_of_writing_an_address_leads_inside(found: str) -> None:
    with pytest.raises(Inside):
        refuse_inside("shop.example", ["93.184.215.14", found])
    refuse_inside("shop.example", ["93.184.215.14", "64:ff9b::5db8:d70e", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
