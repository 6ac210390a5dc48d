"""Carries mails over a provider of django-anymail, a few beside one another. The only file of this channel that sends."""

from __future__ import annotations

import math
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from django.core.mail import EmailMultiAlternatives

from afterword.kernel import faults
from afterword.kit import beside, clock

from ..types import Begin, Envelope, Meaning, Outcome, Provider, Settings
from .payloads import parts
from .requests import FIELDS, KEYED, options, repeats, request
from .verify import heard, verified
from .words import REASONS, repeated, understood

ANYMAIL = Provider("email_anymail", "email", "E-mail provider", FIELDS, request, understood, verified, heard, at_once=4, repeats=repeats)
PATIENCE = 30
NEVER_CONNECTED = ("ConnectTimeout", "NewConnectionError", "NameResolutionError", "Connection refused")


def send(
    envelopes: Sequence[Envelope], settings: Settings, now: datetime, *, begin: Begin | None = None, within: float = math.inf,
    breath: float | None = None,
) -> Iterator[Outcome | None]:  # fmt: skip
    """One outcome for every envelope, as `actions.carry` gives them for notes."""
    waiting = deque(envelopes)
    until = clock.elapsed() + within
    stop = list[Outcome]()

    def line(tell: Callable[[Outcome], None]) -> None:
        while waiting:
            try:
                one = waiting.popleft()
            except IndexError:
                return
            if stop or clock.elapsed() > until:
                why = stop[0] if stop else Outcome(one.id, "deferred", "not_begun", said="there was no time to begin")
                tell(Outcome(one.id, "deferred", why.word, why.code, why.said, again_at=why.again_at, provider=ANYMAIL.name))
                continue
            if one.once and begin is not None and not begin(one.id).result():
                stop.append(Outcome(one.id, "deferred", "not_begun", said="it may not leave now"))
                waiting.appendleft(one)
                continue
            outcome = _one(one, settings, now)
            if outcome.result == "deferred" and outcome.word in ("paced", "no_server"):
                stop.append(outcome)
            tell(outcome)

    yield from beside.answers(line, lines=ANYMAIL.at_once, many=len(envelopes), name=ANYMAIL.name, breath=breath)


def _one(one: Envelope, settings: Settings, now: datetime) -> Outcome:
    """One mail. What a provider says of its one recipient is what counts."""
    from anymail.exceptions import AnymailAPIError, AnymailConfigurationError, AnymailError, AnymailRecipientsRefused

    mail = _mail(one, settings["service"])
    try:
        backend(settings["service"], settings["options"]).send_messages([mail])
    except AnymailRecipientsRefused as refused:
        return Outcome(one.id, "refused", "no_such_mailbox", 0, str(refused)[:300], suppress=True, provider=ANYMAIL.name)
    except AnymailAPIError as fault:
        return _fault(one, fault, settings, now)
    except AnymailConfigurationError as fault:
        return Outcome(one.id, "deferred", "no_server", 0, str(fault)[:300], provider=ANYMAIL.name)
    except AnymailError as fault:
        return Outcome(one.id, "refused", "cannot_say", 0, str(fault)[:300], provider=ANYMAIL.name)
    status = mail.anymail_status
    state = next(iter(status.status or ()), "")
    if not state or (state == "unknown" and not status.message_id):
        return Outcome(one.id, "refused", "unknown", 0, "it says of nobody what became of it", provider=ANYMAIL.name)
    if state in ("rejected", "invalid"):
        word, suppress = REASONS["invalid" if state == "invalid" else "bounced"]
        return Outcome(one.id, "refused", word, 0, state, suppress=suppress, provider=ANYMAIL.name)
    if state == "failed":
        return Outcome(one.id, "deferred", "refused", 0, state, provider=ANYMAIL.name)
    return Outcome(one.id, "accepted", str(state), provider=ANYMAIL.name, provider_id=str(status.message_id or ""))


def _fault(one: Envelope, fault: Any, settings: Settings, now: datetime) -> Outcome:
    code = int(getattr(fault, "status_code", None) or 0)
    if not code:
        lost = not any(word in repr(fault.__cause__ or fault) for word in NEVER_CONNECTED)
        said = _why(fault)
        doubt = lost and not repeats(settings)
        return Outcome(one.id, "deferred", "connection_lost" if lost else "network", 0, said, in_doubt=doubt, provider=ANYMAIL.name)
    response = getattr(fault, "response", None)
    headers = {name.lower(): value for name, value in response.headers.items()} if response is not None else {}
    content = response.content if response is not None else str(fault).encode()
    if repeated(settings["service"], code, content):
        return Outcome(one.id, "accepted", "repeated", code, provider=ANYMAIL.name)
    meaning: Meaning = understood(code, headers, content)
    again = now + timedelta(seconds=meaning.wait) if meaning.wait is not None else None
    word = "no_server" if meaning.whole else "paced" if again else meaning.word
    return Outcome(one.id, meaning.result, word, code, meaning.said, again_at=again, provider=ANYMAIL.name)


def _why(fault: Any) -> str:
    """What happened on the way to a provider, in words."""
    behind = faults.root(fault)
    url = urlsplit(str(getattr(getattr(fault.__cause__, "request", None), "url", None) or ""))
    said = faults.told(behind, url.hostname or "the provider", url.port or (443 if url.scheme == "https" else 0))
    return f"it could not be asked: {said}"


def _mail(one: Envelope, service: str) -> Any:
    given = parts(one.raw)
    if service == "brevo":  # read by Brevo from among the mail's headers, and not sent on
        given.headers["idempotencyKey"] = str(one.id)
    mail: Any = EmailMultiAlternatives(
        given.subject, given.text, given.sender, [given.to or one.recipient], headers=given.headers,
        reply_to=[given.reply_to] if given.reply_to else None,
    )  # fmt: skip
    if given.html:
        mail.attach_alternative(given.html, "text/html")
    for name, body, kind in given.attached:
        mail.attach(name, body, kind)
    mail.metadata = {"afterword": str(one.id)}
    mail.track_opens = mail.track_clicks = False  # what is counted is counted by us, and can be switched off
    return mail


@lru_cache(maxsize=16)
def _kind(service: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        kind = import_module(f"anymail.backends.{service}").EmailBackend
    return _keyed(kind) if service in KEYED and service != "brevo" else kind


def _keyed(kind: Any) -> Any:
    """The same backend, giving each request the key by which a repetition is known. anymail passes no headers of the request itself."""

    class Keyed(kind):  # type: ignore[misc]
        """Names each request by the delivery's id."""

        def build_message_payload(self, message: Any, defaults: Any) -> Any:
            payload = super().build_message_payload(message, defaults)
            payload.headers["Idempotency-Key"] = message.metadata["afterword"]
            return payload

    return Keyed


def backend(service: str, given: str) -> Any:
    """A backend of the provider's, with its options. What a provider cannot do is left out, not refused."""
    return _kind(service)(**options(given), ignore_unsupported_features=True, requests_timeout=PATIENCE)
