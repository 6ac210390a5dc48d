"""What other rooms may ask of the channels: carry a batch over one of them, read what came back, know how the ways out fare."""

from __future__ import annotations

from .actions.addresses import link, prefer, unlink
from .actions.breaker import answered, failed
from .actions.carry import carry, cost_of, knows_repetitions, spoken
from .actions.domains import add_domain, forget_domain, renew_key, set_domain
from .actions.pace import forget_paces, next_chance, paced
from .actions.providers import PROVIDERS, close_provider, set_provider
from .actions.pulls import forget_pulled, pull, try_mailbox
from .actions.trial import try_way
from .email_anymail.send import send as carry_mails
from .email_imap.pull import Box, MailboxAway, NotEncrypted
from .email_smtp.payloads import Signer, return_path, returned, signed
from .email_smtp.receipts import Answer, Receipt
from .email_smtp.receipts import answer as read_answer
from .email_smtp.receipts import read as read_email_receipt
from .email_smtp.send import send as send_email
from .email_smtp.send import stream as stream_email
from .email_smtp.types import NoEncryption, Server, ServerUnreachable, SignInRefused
from .letter.payloads import needed as fonts_needed
from .letter.payloads import opened as open_paper
from .letter.payloads import written_by as fonts_have
from .letter.send import mark_printed
from .queries import (
    domains,
    failing,
    health,
    holder,
    hook_address,
    inbound,
    of_sender,
    paper,
    paper_pdf,
    provider_rows,
    reached,
    register_server,
    resting,
    signers,
    way_by_hook,
    way_of,
    ways,
)
from .rules.health import Check, Sent
from .rules.pace import day_allowance
from .sms_twilio.payloads import segments as sms_segments
from .types import (
    ANY_CHANNEL,
    CHANNELS,
    INBOUND,
    BadSetting,
    Begin,
    Call,
    CannotSay,
    Domain,
    Envelope,
    Field,
    Heard,
    Link,
    NoSuchDomain,
    NoSuchProvider,
    NotADomain,
    Note,
    OpenWay,
    Outcome,
    Provider,
    Rest,
    Result,
)
from .web_push.payloads import public as push_key
from .webhook import payloads as webhook_signatures

__all__ = [
    "ANY_CHANNEL",
    "CHANNELS",
    "INBOUND",
    "Answer",
    "BadSetting",
    "Begin",
    "Box",
    "Call",
    "CannotSay",
    "Check",
    "Domain",
    "Envelope",
    "Field",
    "Heard",
    "Link",
    "MailboxAway",
    "NotEncrypted",
    "NoEncryption",
    "NoSuchDomain",
    "NoSuchProvider",
    "NotADomain",
    "Note",
    "OpenWay",
    "Outcome",
    "PROVIDERS",
    "Provider",
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
    "carry",
    "carry_mails",
    "close_provider",
    "cost_of",
    "day_allowance",
    "domains",
    "failed",
    "failing",
    "fonts_have",
    "fonts_needed",
    "forget_domain",
    "forget_paces",
    "forget_pulled",
    "health",
    "holder",
    "hook_address",
    "inbound",
    "knows_repetitions",
    "link",
    "next_chance",
    "of_sender",
    "open_paper",
    "mark_printed",
    "paced",
    "paper",
    "paper_pdf",
    "prefer",
    "provider_rows",
    "pull",
    "reached",
    "read_answer",
    "read_email_receipt",
    "register_server",
    "renew_key",
    "resting",
    "return_path",
    "returned",
    "send_email",
    "set_domain",
    "set_provider",
    "signed",
    "signers",
    "sms_segments",
    "spoken",
    "stream_email",
    "push_key",
    "try_mailbox",
    "try_way",
    "unlink",
    "way_by_hook",
    "way_of",
    "ways",
    "webhook_signatures",
]
