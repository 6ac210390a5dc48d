"""What must be known of a mail provider: which it is, and the options that django-anymail documents for it."""

from __future__ import annotations

from ..types import CannotSay, Field, Note, Request, Settings

SERVICES = (
    "amazon_ses", "brevo", "mailersend", "mailgun", "mailjet", "mailtrap",
    "mandrill", "postal", "postmark", "resend", "sendgrid", "sparkpost",
)  # fmt: skip
# Who knows a request again by a key of ours. Resend for a day, so that nothing is in doubt; Brevo for half an hour, which is less than
# we go on trying, so that a lost answer stays in doubt there though most repetitions are caught.
KEYED, KNOWING = frozenset({"resend", "brevo"}), frozenset({"resend"})
FIELDS = (
    Field("service", "Provider", choices=SERVICES, default="postmark"),
    Field("options", "Options", "one a line: server_token = …, api_key = …, as django-anymail names them", secret=True, long=True),
    Field(
        "receipts", "Options of its receipts", "webhook_secret = user:password, webhook_signing_key = …",
        secret=True, required=False, long=True,
    ),
)  # fmt: skip


def options(text: str) -> dict[str, str]:
    """`name = value`, one a line, as a mapping."""
    return {name.strip(): value.strip() for name, found, value in (line.partition("=") for line in text.splitlines()) if found}


def repeats(settings: Settings) -> bool:
    """Whether a mail that is handed over twice is sent once."""
    return settings.get("service") in KNOWING


def request(note: Note, settings: Settings) -> Request:
    """A note is no mail."""
    raise CannotSay(provider="A mail provider", fault="a mail is tried from the page of its message")
