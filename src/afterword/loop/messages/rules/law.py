"""What the law of a country says of advertisements: when none may ring, and where a shop may write to its own customers unasked.

Only what is certain stands here, each line with its source; `docs/reference/law.md` says it in words, and what was left out and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PHONE = ("sms", "whatsapp", "viber", "messenger", "telegram")
HOUSE = 730  # days: how long ago a purchase may lie where the law names no time


@dataclass(frozen=True)
class Quiet:
    """Local hours in which no advertisement goes over these channels, as clocks: from an evening until a morning."""

    evening: str
    morning: str
    channels: Sequence[str]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Rest:
    """Sundays and public holidays, in local days, on which no advertisement goes over these channels; it goes from a morning on."""

    morning: str
    channels: Sequence[str]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Soft:
    """Where a customer who bought, and did not object, may be written to by e-mail without having been asked; for so many days."""

    source: str
    days: int = HOUSE


# The state in which a customer lives is not known here, so of the states' hours the narrowest hold for the whole country.
QUIET: Mapping[str, Quiet] = {
    "US": Quiet("20:00", "08:00", PHONE, (
        "47 CFR 64.1200(c)(1): 21:00 to 08:00 at the called party's location",
        "18 FCC Rcd 14014, para. 165: texts are calls",
        "Fla. Stat. 501.616(6)(a): 20:00 to 08:00",
        "Telephone Solicitation Act of 2022 (Okla. Stat. tit. 15, 775C.1 to 775C.6): 20:00 to 08:00",
        "Wash. Rev. Code 19.158.040(2): 20:00 to 08:00",
    )),
    "KR": Quiet("21:00", "08:00", (*PHONE, "web_push"), (
        "Information and Communications Network Act, art. 50(3): 21:00 to 08:00 without a separate consent, over any electronic medium",
        "its Enforcement Decree, art. 61(2): e-mail is excepted",
    )),
}  # fmt: skip
REST: Mapping[str, Rest] = {
    "FR": Rest("08:00", ("sms",), (
        "rule of the operators (Orange, SFR, Bouygues Telecom, Free), who hold back or refuse advertisements by SMS on such days",
    )),
}  # fmt: skip
EPRIVACY = "directive 2002/58/EC, art. 13(2)"
SOFT: Mapping[str, Soft] = {
    "AT": Soft(f"{EPRIVACY}; TKG 2021, § 174(4)"),
    "BE": Soft(f"{EPRIVACY}; royal decree of 4 April 2003, art. 1"),
    "BG": Soft(EPRIVACY),
    "CA": Soft("S.C. 2010, c. 23 (CASL), s. 10(9)(a) and (10)(a): two years from the purchase"),
    "CH": Soft("UWG, art. 3(1)(o)"),
    "CY": Soft(EPRIVACY),
    "CZ": Soft(f"{EPRIVACY}; act 480/2004, § 7(3)"),
    "DE": Soft(f"{EPRIVACY}; UWG, § 7(3)"),
    "DK": Soft(f"{EPRIVACY}; markedsføringsloven, § 10(2)"),
    "EE": Soft(EPRIVACY),
    "ES": Soft(f"{EPRIVACY}; LSSI, art. 21(2)"),
    "FI": Soft(f"{EPRIVACY}; act 917/2014, § 200(3)"),
    "FR": Soft(f"{EPRIVACY}; CPCE, art. L. 34-5"),
    "GB": Soft("Privacy and Electronic Communications Regulations 2003, reg. 22(3)"),
    "GR": Soft(f"{EPRIVACY}; law 3471/2006, art. 11(3)"),
    "HR": Soft(EPRIVACY),
    "IE": Soft(f"{EPRIVACY}; S.I. 336/2011, reg. 13(11): twelve months from the sale", 365),
    "IL": Soft("Communications Law 1982, s. 30A(c)"),
    "IS": Soft(EPRIVACY),
    "IT": Soft(f"{EPRIVACY}; d.lgs. 196/2003, art. 130(4)"),
    "LI": Soft(EPRIVACY),
    "LT": Soft(EPRIVACY),
    "LU": Soft(f"{EPRIVACY}; law of 30 May 2005, art. 11(2)"),
    "LV": Soft(EPRIVACY),
    "MT": Soft(EPRIVACY),
    "NL": Soft(f"{EPRIVACY}; Telecommunicatiewet, art. 11.7(3)"),
    "NO": Soft(f"{EPRIVACY}; markedsføringsloven, § 15(3)"),
    "PT": Soft(f"{EPRIVACY}; law 41/2004, art. 13-A(3)"),
    "RO": Soft(f"{EPRIVACY}; law 506/2004, art. 12(2)"),
    "SE": Soft(f"{EPRIVACY}; marknadsföringslagen, § 19(2)"),
    "SI": Soft(EPRIVACY),
    "SK": Soft(EPRIVACY),
    "US": Soft("15 U.S.C. 7704(a)(3)-(5) (CAN-SPAM): commercial mail is allowed until somebody objects"),
    "ZA": Soft("Protection of Personal Information Act 4 of 2013, s. 69(3)"),
}
REST_CLOCKS: Mapping[str, str] = {country: f"rest {country} {one.morning}" for country, one in REST.items()}
CLOCKS = tuple(sorted({*REST_CLOCKS.values(), *(clock for one in QUIET.values() for clock in (one.evening, one.morning))}))
WINDOWS: Mapping[int, tuple[str, ...]] = {
    days: tuple(country for country, one in SOFT.items() if one.days == days) for days in sorted({one.days for one in SOFT.values()})
}
