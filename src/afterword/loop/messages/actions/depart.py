"""Letters leave the house: at the pace of their domain, signed for it, with a return path of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.channels.door import Domain, Envelope, Outcome

from ..queries.letters import Letter


def departing(letters: Sequence[tuple[Letter, bool]], now: datetime) -> tuple[list[Envelope], list[Outcome]]:
    """The envelopes of those that may leave now, and what is said of those that wait for their turn.

    Args:
        letters: each with whether it is better never than twice.
    """
    known, signers = channels.domains(), channels.signers()
    envelopes, waiting = list[Envelope](), list[Outcome]()
    for domain, those in _by_domain(letters, known):
        go = list(those)
        if domain is not None:
            go, wait = channels.paced([(pair, pair[0].address.rpartition("@")[2].lower()) for pair in those], domain, now)
            if wait:
                again, said = channels.next_chance(domain, now), f"{domain.domain} sends at a pace"
                waiting += [Outcome(letter.id, "deferred", "paced", said=said, again_at=again) for letter, _ in wait]
        envelopes += [_envelope(letter, once, domain, channels.of_sender(letter.sender, signers), now) for letter, once in go]
    return envelopes, waiting


def _by_domain(
    letters: Sequence[tuple[Letter, bool]], known: dict[str, Domain]
) -> Iterator[tuple[Domain | None, list[tuple[Letter, bool]]]]:
    found: dict[str, list[tuple[Letter, bool]]] = defaultdict(list)
    for pair in letters:
        domain = channels.of_sender(pair[0].sender, known)
        found[domain.domain if domain else ""].append(pair)
    return ((known.get(name), those) for name, those in found.items())


def _envelope(letter: Letter, once: bool, domain: Domain | None, signer: Any, now: datetime) -> Envelope:
    raw = channels.signed(letter.mail.raw, signer, int(now.timestamp())) if signer else letter.mail.raw
    sender = channels.return_path(letter.id, domain.return_host, accounts.secret()) if domain and domain.return_host else letter.sender
    return Envelope(letter.id, sender, letter.address, raw, letter.mail.utf8, once)
