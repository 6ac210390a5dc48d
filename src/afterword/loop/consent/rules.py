"""What one line of a file of consents says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from afterword.kernel.errors import Complaint

STATES = ("granted", "withdrawn", "suppressed")
PROOF = ("words", "page", "place", "ip")
GROUNDS = ("opt_in", "double_opt_in", "soft_opt_in")
PEOPLE = ("external_id", "email", "phone")


def proven(proof: Mapping[str, str]) -> bool:
    """Whether this proves a consent: the words that were shown, and where. As the database's function of this name has it."""
    return bool(proof.get("words")) and bool(proof.get("page") or proof.get("place"))


def read_line(line: Mapping[str, str | None], row: int, fallback: datetime) -> tuple[dict[str, str], datetime, list[Complaint]]:
    """(what the line says, since when, complaints). A line says of a person: channel, purpose, state, and when and how it was said."""
    said = {key.strip().lower(): (value or "").strip() for key, value in line.items() if key}
    found: list[Complaint] = []
    at = fallback
    if said.get("state") not in STATES:
        found.append(Complaint(f"row {row}.state", f"is {said.get('state', '')!r}", "one of " + ", ".join(STATES)))
    if not any(said.get(name) for name in PEOPLE):
        found.append(Complaint(f"row {row}", "names nobody", "a value for external_id, email or phone"))
    said["channel"] = said.get("channel") or ("email" if said.get("email") else "sms")
    said["purpose"] = said.get("purpose") or "marketing"
    if said.get("state") == "suppressed" and not (said.get("email") if said["channel"] == "email" else said.get("phone")):
        found.append(Complaint(f"row {row}", "has no address to suppress", "an email, or a phone for other channels"))
    if said.get("ground") and said["ground"] not in GROUNDS:
        found.append(Complaint(f"row {row}.ground", f"is {said['ground'][:40]!r}", "one of " + ", ".join(GROUNDS)))
    if said.get("at"):
        try:
            at = datetime.fromisoformat(said["at"])
            at = at if at.tzinfo else at.replace(tzinfo=UTC)
        except ValueError:
            found.append(Complaint(f"row {row}.at", f"is {said['at'][:40]!r}", "an instant, such as 2026-05-01T09:00:00Z"))
    return said, at, found
