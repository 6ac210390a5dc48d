"""Whether a domain's mails can arrive, by a real DNS server on this machine that says what the test wants."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from afterword.kit import dns as asking
from afterword.loop.channels import queries
from afterword.loop.channels.rules import health
from afterword.loop.channels.rules.health import Sent
from afterword.loop.channels.types import Domain

DOMAIN = Domain("shop.example", "aw20260504", "MIIBkey", "bounces.shop.example", None, None, datetime(2026, 5, 4, tzinfo=UTC))
GOOD = {
    ("shop.example.", "TXT"): ['"v=spf1 a:mail.shop.example ~all"', '"google-site-verification=x"'],
    ("aw20260504._domainkey.shop.example.", "TXT"): ['"v=DKIM1; k=rsa; " "p=MIIBkey"'],
    ("_dmarc.shop.example.", "TXT"): ['"v=DMARC1; p=quarantine; rua=mailto:x@shop.example"'],
    ("bounces.shop.example.", "MX"): ["10 mail.shop.example."],
}


class Names:
    """A DNS server over UDP: the names it knows, NXDOMAIN for the rest, silence for `mute`."""

    def __init__(self) -> None:
        self.zone: dict[tuple[str, str], list[str]] = dict(GOOD)
        self.mute = False
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = int(self.socket.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                raw, whence = self.socket.recvfrom(4096)
            except OSError:
                return
            if self.mute:
                continue
            question = dns.message.from_wire(raw)
            answer = dns.message.make_response(question)
            answer.flags |= dns.flags.RA
            (asked,) = question.question
            kind = "TXT" if asked.rdtype == 16 else "MX"
            found = self.zone.get((str(asked.name), kind))
            if found:
                answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *found))
            elif not any(name == str(asked.name) for name, _ in self.zone):
                answer.set_rcode(dns.rcode.NXDOMAIN)
            self.socket.sendto(answer.to_wire(), whence)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    server = Names()
    monkeypatch.setenv("AFTERWORD_DNS", f"127.0.0.1:{server.port}")
    asking._resolver.cache_clear()
    yield server
    server.socket.close()


def grades(sent: Sent | None = None, domain: Domain = DOMAIN) -> dict[str, str]:
    _, checks = queries.health(domain, "mail.shop.example", sent or Sent(1000, 1, 0, 10, 10))
    return {check.key: check.grade for check in checks}


def test_a_domain_that_is_set_up_well_is_well_throughout(names: Names) -> None:
    assert set(grades().values()) == {"well"}


@pytest.mark.parametrize(
    ("name", "kind", "records", "key", "grade"),
    [
        ("shop.example.", "TXT", ['"nothing"'], "spf", "wrong"),
        ("shop.example.", "TXT", ['"v=spf1 +all"'], "spf", "wrong"),
        ("shop.example.", "TXT", ['"v=spf1 a ~all"', '"v=spf1 mx ~all"'], "spf", "wrong"),
        ("shop.example.", "TXT", ['"v=spf1 ' + " ".join(f"include:x{n}.example" for n in range(11)) + ' ~all"'], "spf", "wrong"),
        ("shop.example.", "TXT", ['"v=spf1 a"'], "spf", "look"),
        ("aw20260504._domainkey.shop.example.", "TXT", [], "dkim", "wrong"),
        ("aw20260504._domainkey.shop.example.", "TXT", ['"v=DKIM1; p=other"'], "dkim", "wrong"),
        ("aw20260504._domainkey.shop.example.", "TXT", ['"v=DKIM1; p="'], "dkim", "wrong"),
        ("aw20260504._domainkey.shop.example.", "TXT", ['"v=DKIM1; t=y; p=MIIBkey"'], "dkim", "look"),
        ("_dmarc.shop.example.", "TXT", [], "dmarc", "wrong"),
        ("_dmarc.shop.example.", "TXT", ['"v=DMARC1; p=none"'], "dmarc", "look"),
        ("_dmarc.shop.example.", "TXT", ['"v=DMARC1; p=perhaps"'], "dmarc", "wrong"),
        ("bounces.shop.example.", "MX", [], "return", "wrong"),
    ],
)
def test_what_is_wrong_is_named_with_its_mend(names: Names, name: str, kind: str, records: list[str], key: str, grade: str) -> None:
    names.zone[name, kind] = records
    _, checks = queries.health(DOMAIN, "mail.shop.example", Sent())
    (found,) = [check for check in checks if check.key == key]
    assert found.grade == grade, found
    assert found.mend


def test_a_dns_that_is_silent_is_not_known_and_not_called_wrong(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PATIENCE", 0.3)
    asking._resolver.cache_clear()
    names.mute = True
    found = grades()
    assert {found[key] for key in ("spf", "dkim", "dmarc", "return")} == {"unknown"}


@pytest.mark.parametrize(
    ("sent", "key", "grade"),
    [
        (Sent(50, 0, 5), "complaints", "unknown"), (Sent(10_000, 0, 9), "complaints", "well"), (Sent(10_000, 0, 10), "complaints", "look"),
        (Sent(10_000, 0, 30), "complaints", "wrong"), (Sent(1000, 50, 0), "bounces", "wrong"), (Sent(1000, 20, 0), "bounces", "look"),
        (Sent(10, 0, 0, 5, 4), "one_click", "wrong"), (Sent(10, 0, 0, 0, 0), "one_click", "unknown"),
    ],
)  # fmt: skip
def test_shares_are_graded_by_what_receivers_ask(names: Names, sent: Sent, key: str, grade: str) -> None:
    assert grades(sent)[key] == grade


def test_what_is_to_be_published_is_what_is_checked() -> None:
    want = health.wanted("shop.example", "aw1", "KEY", "b.shop.example", "mail.shop.example")
    assert health.spf([want["spf"][2]], want["spf"]).grade == "well"
    assert health.dkim([want["dkim"][2]], want["dkim"]).grade == "well"
    assert health.dmarc([want["dmarc"][2]], want["dmarc"]).grade == "well"
