"""What crosses the door of the accounts room: stores and the installation as values, and refusals."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, time
from typing import Any, Literal, NamedTuple, get_args

from afterword.kernel.errors import Refused

KeyKind = Literal["server", "browser"]
Role = Literal["owner", "marketer", "support", "analyst", "developer"]
Deed = Literal[
    "see_figures",
    "see_customers",
    "see_contact",
    "edit_customers",
    "export_people",
    "erase_people",
    "edit_journeys",
    "edit_messages",
    "approve",
    "publish",
    "send_anyway",
    "answer_customers",
    "replay_quarantine",
    "import_data",
    "edit_store",
    "manage_keys",
    "manage_team",
    "change_settings",
    "stop_sending",
    "resume_sending",
    "see_audit",
]


CAPS = ("day_cap", "week_cap")
NUMBERS = (*CAPS, "margin")
Voice = Literal["plain", "warm", "formal"]
Type = Literal["humanist", "system", "serif", "rounded"]
VOICES: tuple[Voice, ...] = get_args(Voice)
TYPES: tuple[Type, ...] = get_args(Type)
CHOICES: dict[str, tuple[str, ...]] = {"voice": VOICES, "type": TYPES}


@dataclass(frozen=True)
class Brand:
    """How a store looks and sounds. `colour` is #rrggbb; `type` is what letters and customers' pages are set in.

    `voice` is how people are addressed: `warm` and `plain` by the first name, `formal` by the whole name.

    `legal` is who sells, as papers must name them: the firm, its register and tax numbers, in lines.

    `day_cap` and `week_cap`: how many service and marketing messages a person gets at most in a local day and week. `tracking`: whether
    it is counted what people open and follow. `margin`: what remains of revenue, in percent, when it is said what a message is worth.
    """

    logo_url: str = ""
    colour: str = "#2f5d50"
    voice: Voice = "plain"
    type: Type = "humanist"
    sender_name: str = ""
    sender_email: str = ""
    reply_to: str = ""
    postal_address: str = ""
    legal: str = ""
    site_url: str = ""
    day_cap: int = 2
    week_cap: int = 4
    tracking: bool = True
    margin: int = 100

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Brand:
        """From the stored JSON; keys that are not ours are let be, and so are a voice and a type that we do not know."""
        given = {f.name: stored[f.name] for f in fields(cls) if stored.get(f.name) is not None}
        given = {name: value for name, value in given.items() if value in CHOICES.get(name, (value,))}
        kept: dict[str, Any] = {n: int(v) if n in NUMBERS else bool(v) if n == "tracking" else str(v) for n, v in given.items()}
        return cls(**kept)


@dataclass(frozen=True)
class Store:
    """A brand's shop. Quiet hours are local times, both or neither; `address` is where its customers' pages are ("": here)."""

    key: str
    name: str
    brand: Brand
    currency: str
    languages: tuple[str, ...]
    zone: str
    quiet_from: time | None
    quiet_until: time | None
    address: str


class Opened(NamedTuple):
    """What a write key opens: a store. With `browser` it stands in pages; `origins` are the pages it is taken from (none: any)."""

    store: str
    browser: bool
    origins: frozenset[str]


@dataclass(frozen=True)
class Installation:
    """The company and its switches."""

    company: str
    reporting_currency: str
    sending_stopped: bool
    created_at: datetime
    global_holdout: float = 0.05
    second_person: bool = False


@dataclass(frozen=True)
class Person:
    """A member as the rules see one: a role, and the stores it holds for (None: all)."""

    role: str
    stores: frozenset[str] | None
    active: bool = True


class UnknownStore(Refused):
    """There is no store “{key}”."""


class OutOfReach(Refused):
    """There is nothing of this name that you can see."""


class NotAllowed(Refused):
    """Your role ({role}) does not include this ({deed}). An owner can change roles under Settings → Team."""


class LinkSpent(Refused):
    """This sign-in link was used already, or is too old. Ask for a new one."""


class AddressTaken(Refused):
    """{email} is a member already."""


class LastOwner(Refused):
    """This is the last owner: make somebody else an owner first."""


class BadValue(Refused):
    """{what} is “{value}”; expected {expected}."""


class NothingAsked(Refused):
    """Nobody waits for an answer about this as it stands now. Ask again."""


class OwnRequest(Refused):
    """Whoever asks for approval cannot give it: a second person looks at it."""
