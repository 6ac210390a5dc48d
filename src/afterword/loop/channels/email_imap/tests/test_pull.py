"""Mail is read from a mailbox once: killed anywhere, nothing is repeated and nothing lost; what was read is marked or moved."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from imaplib import IMAP4
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from afterword.kernel.errors import Failed
from afterword.kit import clock, sql
from afterword.loop.channels import door as channels
from afterword.loop.channels.email_imap.pull import Box, MailboxAway, NotEncrypted
from afterword.loop.channels.email_imap.receipts import brought_to
from afterword.loop.channels.email_imap.words import why

from .samples_server import Server, imap, mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def server() -> Iterator[Server]:
    with imap() as one:
        yield one


def way(server: Server, **more: str) -> channels.OpenWay:
    channels.set_provider("post", "email_imap", {**server.settings, **more}, by=None, at=clock.real_now())
    (found,) = channels.inbound()
    return found


def pulled(one: channels.OpenWay, into: list[bytes], *, dies: int = -1, wait: timedelta = timedelta()) -> int:
    """Read it once; a process that dies before it could keep one of the mails."""

    def take(raw: bytes, to: tuple[str, ...]) -> None:
        if len(into) == dies:
            raise Killed
        into.append(raw)

    box = Box(one.settings)
    try:
        return channels.pull(one, box, take, clock.real_now() + wait)
    finally:
        box.close()


class Killed(BaseException):
    """The process is gone."""


def test_what_nobody_looked_at_comes_in_once_and_stays_marked_as_seen(server: Server) -> None:
    one, got = way(server), list[bytes]()
    server.put(mail("a"), mail("b"))
    assert pulled(one, got) == 2
    assert server.seen() == dict.fromkeys(server.seen(), True)
    assert pulled(one, got) == 0
    server.put(mail("c"))
    assert pulled(one, got) == 1
    assert [raw.split(b"Subject: ")[1][:1] for raw in got] == [b"a", b"b", b"c"]
    assert channels.way_of(channels.ways(), "inbound", "") is None


def test_who_dies_between_two_mails_repeats_none_and_loses_none(server: Server) -> None:
    one, got = way(server), list[bytes]()
    pulled(one, got)
    server.put(*(mail(str(n)) for n in range(4)))
    with pytest.raises(Killed):
        pulled(one, got, dies=2)
    assert not any(server.seen().values())  # killed before it could mark anything
    assert pulled(one, got) == 2
    assert len(got) == len(set(got)) == 4
    assert all(server.seen().values())
    assert sql.value("select count(*) from channel_pulled where not settled") == 0


def test_what_another_has_read_meanwhile_still_comes_in(server: Server) -> None:
    one, got = way(server), list[bytes]()
    pulled(one, got)
    server.put(mail("a"))
    other = server.client()
    other.select_folder("INBOX")
    other.add_flags(other.search(), [rb"\Seen"])
    other.logout()
    assert pulled(one, got) == 1


def test_what_was_read_is_moved_if_that_is_wished(server: Server) -> None:
    one, got = way(server, after="move", archive="Read"), list[bytes]()
    server.put(mail("a"), mail("b"))
    assert pulled(one, got) == 2
    assert server.seen() == {}
    assert list(server.seen("Read").values()) == [True, True]


def test_numbers_that_begin_anew_bring_no_mail_twice(server: Server) -> None:
    one, got = way(server), list[bytes]()
    server.put(mail("a"))
    pulled(one, got)
    sql.run("update channel_pull set validity = validity - 1, last_uid = 900")
    server.put(mail("b"))
    assert pulled(one, got) == 1
    assert len(got) == 2
    assert pulled(one, got) == 0


def what_is_this() -> None:
    raise ValueError("what is this")


def what_no_database_keeps() -> None:
    sql.value("select %s::text", ["a\x00b"])


@pytest.mark.parametrize("fault", [what_is_this, what_no_database_keeps])
def test_a_mail_that_cannot_be_understood_holds_up_no_other(server: Server, fault: Callable[[], None]) -> None:
    one, got = way(server), list[bytes]()
    pulled(one, got)
    server.put(mail("bad"), mail("good"))

    def take(raw: bytes, to: tuple[str, ...]) -> None:
        if b"Subject: bad" in raw:
            fault()
        got.append(raw)

    box = Box(one.settings)
    assert channels.pull(one, box, take, clock.real_now()) == 1
    box.close()
    assert list(server.seen().values()) == [False, True]
    assert pulled(one, got) == 0


def test_a_server_that_idles_says_at_once_that_something_came(server: Server) -> None:
    box = Box(server.settings)
    assert box.idles
    woken = threading.Event()

    def wait() -> None:
        box.listen(threading.Event(), 30)
        woken.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    server.put(mail("a"))
    assert woken.wait(5)
    waiting.join()
    box.close()


ANSWERS = {
    "CAPABILITY": "* CAPABILITY IMAP4rev1 IDLE\r\n", "LOGIN": "", "NOOP": "", "LOGOUT": "* BYE\r\n",
    "SELECT": "* 0 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 1] x\r\n",
}  # fmt: skip


def hasty(line: socket.socket) -> None:
    """A server that tells of a mail before it says that it will tell."""
    line.sendall(b"* OK here\r\n")
    for asked in line.makefile("r"):
        tag, word = [*asked.split(), ""][:2]
        if word == "IDLE":
            line.sendall(b"* 1 EXISTS\r\n+ idling\r\n")
            idling = tag
        elif tag == "DONE":
            line.sendall(f"{idling} OK done\r\n".encode())
        else:
            line.sendall(f"{ANSWERS[word]}{tag} OK done\r\n".encode())


def test_what_comes_in_the_moment_before_it_is_listened_for_is_news_and_no_fault() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=lambda: hasty(listening.accept()[0]), daemon=True)
        thread.start()
        box = Box({"host": "127.0.0.1", "port": str(listening.getsockname()[1]), "tls": "none", "user": "u", "password": "p"})
        for _ in range(2):  # the first hears what was told when the folder was opened
            box.listen(threading.Event(), 20)
        box.client.noop()
        box.close()
        thread.join(5)
        assert not thread.is_alive()


def test_over_tls_the_certificate_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cert, key = certificate(tmp_path)
    with imap("--cert", str(cert), "--key", str(key)) as one:
        given = {**one.settings, "host": "localhost", "tls": "starttls"}
        with pytest.raises(MailboxAway, match=r"signed by nobody whom this machine trusts. Have it signed"):
            Box(given, patience=5)
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        box = Box(given, patience=5)
        assert box.there == 0
        box.close()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate of localhost's own."""
    own, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(own.public_key()).serial_number(1)
        .not_valid_before(clock.real_now() - timedelta(days=1)).not_valid_after(clock.real_now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True).sign(own, SHA256())
    )  # fmt: skip
    cert, key = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(Encoding.PEM))
    key.write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return cert, key


def test_a_mailbox_is_tried_without_reading_it_and_says_what_is_wrong(server: Server) -> None:
    way(server)
    server.put(mail("a"))
    assert channels.try_mailbox("post") == (1, 1, True)
    assert list(server.seen().values()) == [False]
    way(server, password="wrong")
    with pytest.raises(MailboxAway, match="not accepted"):
        channels.try_mailbox("post")
    with pytest.raises(NotEncrypted):
        Box({**server.settings, "host": "imap.example"})
    assert isinstance(MailboxAway(user="u", host="h", fault="f", mend="m."), Failed)


def test_every_fault_is_told_in_words_with_what_to_do(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = str(silent.getsockname()[1])
        wrong = {
            "nothing answers on port 9 of 127.0.0.1. Look at Server and Port. The usual ones are 993": {"port": "9"},
            "there is no server called imap.nowhere.invalid. Look at the name": {"host": "imap.nowhere.invalid", "tls": "implicit"},
            f"port {server.port} of 127.0.0.1 does not begin with TLS. Choose STARTTLS": {"tls": "implicit"},
            "offers STARTTLS and then cannot do it. Choose TLS from the beginning": {"tls": "starttls"},
            f"127.0.0.1 does not answer on port {port}. Look at Server, Port and Encryption": {"port": port},
            "the user name or the password is not accepted. Write both anew.": {"password": "wrong"},
            "its folder “Nowhere” cannot be opened. Look at its name": {"folder": "Nowhere"},
        }
        for said, settings in wrong.items():
            with pytest.raises(MailboxAway) as told:
                Box({**server.settings, **settings}, patience=1)
            assert said in str(told.value)
            assert "Errno" not in str(told.value)
            assert "[" not in str(told.value)


def test_a_server_that_hangs_up_or_has_an_old_certificate_is_said_so(tmp_path: Path) -> None:
    assert why(IMAP4.abort("socket error: EOF"), {"host": "h"}, choosing=True)[0] == "the server broke the line off"
    assert why(ConnectionResetError(104, "Connection reset by peer"), {"host": "h"})[0] == "the server broke the line off"
    assert why(OSError(101, "Network is unreachable"), {"host": "h"})[0] == "h cannot be reached from here"
    assert why(IMAP4.error("server does not support STARTTLS capability"), {"host": "h"})[0] == "the server does not offer STARTTLS"
    assert why(IMAP4.error("NO [LIMIT] too many"), {"host": "h"})[0] == "the server said: NO [LIMIT] too many"
    cert, key = certificate(tmp_path)
    with imap("--cert", str(cert), "--key", str(key)) as one, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(cert))
        with pytest.raises(MailboxAway, match=r"is not made out to 127\.0\.0\.1\. Write the server"):
            Box({**one.settings, "host": "127.0.0.1", "tls": "starttls"}, patience=5)


def test_whom_a_mail_was_brought_to_is_read_from_what_its_carriers_wrote() -> None:
    raw = mail("a", Delivered_To="B+1@Bounces.Lut.example", Cc="Ana <ana@b.example>, x")
    assert brought_to(raw) == ("b+1@bounces.lut.example", "shop@lut.example", "ana@b.example")


def test_marks_are_forgotten_after_a_while(server: Server) -> None:
    one, got = way(server), list[Any]()
    server.put(mail("a"))
    pulled(one, got)
    assert channels.forget_pulled(clock.real_now() + timedelta(days=59)) == 0
    assert channels.forget_pulled(clock.real_now() + timedelta(days=61)) == 1
