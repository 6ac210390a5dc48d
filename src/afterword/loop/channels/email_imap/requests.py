"""What must be known of a mailbox that mail is read from."""

from __future__ import annotations

from collections.abc import Mapping

from ..types import CannotSay, Field, Meaning, Note, Request, Settings

TLS = ("implicit", "starttls", "none")
PORTS = {"implicit": 993, "starttls": 143, "none": 143}
AFTER = ("leave", "move")
TLS_NAMES = ("TLS from the beginning (port 993)", "STARTTLS (port 143)", "None: only for a server on this machine")
AFTER_NAMES = ("Stays in place, marked as seen", "Goes into the other folder")
FIELDS = (
    Field("host", "Server", "such as imap.example.com"),
    Field("port", "Port", "993 with TLS, 143 with STARTTLS, where it is left empty", required=False),
    Field("tls", "Encryption", "what your provider names beside the port", choices=TLS, names=TLS_NAMES, default="implicit"),
    Field("user", "User name"),
    Field("password", "Password", "many providers want one that was made for this program alone", secret=True),
    Field("folder", "Folder", "that bounces and answers lie in", required=False, default="INBOX"),
    Field(
        "after", "What was read", "so that nobody reads it twice", choices=AFTER, names=AFTER_NAMES, default="leave",
    ),
    Field("archive", "Other folder", "where what was read is moved to; made if it is not there", required=False, default="Afterword"),
)  # fmt: skip


def port_of(settings: Settings) -> int:
    """The port that was set, or the usual one."""
    given = settings.get("port") or ""
    return int(given) if given.isdigit() else PORTS[settings.get("tls") or "implicit"]


def request(note: Note, settings: Settings) -> Request:
    """Nothing is sent over a mailbox."""
    raise CannotSay(provider="A mailbox", fault="mail is only read from it")


def understood(status: int, headers: Mapping[str, str], body: bytes) -> Meaning:
    """Nothing is answered to what is never asked."""
    return Meaning("refused", "unknown")
