"""A mail as it travels → its parts, as a provider that takes no whole mails wants them."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

# What a provider writes itself, or takes apart from the headers.
THEIRS = frozenset({
    "from", "to", "subject", "reply-to", "date", "mime-version",
    "content-type", "content-transfer-encoding", "dkim-signature", "message-id",
})  # fmt: skip


@dataclass(frozen=True)
class Parts:
    """Who it is from and to, what it says, and the headers that go along."""

    sender: str
    to: str
    reply_to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    attached: tuple[tuple[str, bytes, str], ...] = ()


def parts(raw: bytes) -> Parts:
    """The parts of a mail that we wrote ourselves."""
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    attached = tuple((one.get_filename() or "file", one.get_content(), one.get_content_type()) for one in mail.iter_attachments())
    return Parts(
        str(mail["from"] or ""), str(mail["to"] or ""), str(mail["reply-to"] or ""), str(mail["subject"] or ""),
        text.get_content() if text else "", html.get_content() if html else "",
        {name: str(value) for name, value in mail.items() if name.lower() not in THEIRS},
        tuple((name, body if isinstance(body, bytes) else str(body).encode(), kind) for name, body, kind in attached),
    )  # fmt: skip
