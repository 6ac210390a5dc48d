"""What other rooms may ask of the channels: carry a batch over one of them, read what came back."""

from __future__ import annotations

from .email_smtp.receipts import Receipt
from .email_smtp.receipts import read as read_email_receipt
from .email_smtp.send import send as send_email
from .email_smtp.types import NoEncryption, Server, ServerUnreachable, SignInRefused
from .types import Envelope, Outcome, Result

__all__ = [
    "Envelope",
    "NoEncryption",
    "Outcome",
    "Receipt",
    "Result",
    "Server",
    "ServerUnreachable",
    "SignInRefused",
    "read_email_receipt",
    "send_email",
]
