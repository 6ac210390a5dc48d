"""What other rooms may ask of the channels: carry a batch over one of them, read what came back, know how the ways out fare."""

from __future__ import annotations

from .actions.breaker import answered, failed
from .actions.domains import add_domain, forget_domain, renew_key, set_domain
from .actions.pace import forget_paces, next_chance, paced
from .email_smtp.payloads import Signer, return_path, returned, signed
from .email_smtp.receipts import Answer, Receipt
from .email_smtp.receipts import answer as read_answer
from .email_smtp.receipts import read as read_email_receipt
from .email_smtp.send import send as send_email
from .email_smtp.send import stream as stream_email
from .email_smtp.types import NoEncryption, Server, ServerUnreachable, SignInRefused
from .queries import domains, failing, health, of_sender, resting, signers
from .rules.health import Check, Sent
from .types import Domain, Envelope, NoSuchDomain, NotADomain, Outcome, Rest, Result

__all__ = [
    "Answer",
    "Check",
    "Domain",
    "Envelope",
    "NoEncryption",
    "NoSuchDomain",
    "NotADomain",
    "Outcome",
    "Receipt",
    "Rest",
    "Result",
    "Sent",
    "Server",
    "ServerUnreachable",
    "SignInRefused",
    "Signer",
    "add_domain",
    "answered",
    "domains",
    "failed",
    "failing",
    "forget_domain",
    "forget_paces",
    "health",
    "next_chance",
    "of_sender",
    "paced",
    "read_answer",
    "read_email_receipt",
    "renew_key",
    "resting",
    "return_path",
    "returned",
    "send_email",
    "set_domain",
    "signed",
    "signers",
    "stream_email",
]
