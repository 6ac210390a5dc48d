"""Telling people from machines: mail scanners open every link, mail programs fetch pictures ahead.

Pure: what the request said, how long after sending it came, and what else came with it. Every verdict carries its reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["click", "open"]

QUICK_CLICK_S = 4.0
BURST_S = 3.0
_ROBOTS = re.compile(
    r"bot\b|bot/|crawl|spider|scan(?:ner)?\b|preview|fetch(?:er)?\b|monitor|headless|phantom|slurp|"
    r"curl/|wget/|python-requests|python-urllib|python-httpx|aiohttp|go-http-client|java/|okhttp|libwww|axios/|node-fetch|"
    r"barracuda|mimecast|proofpoint|ironport|fireeye|trendmicro|symantec|messagelabs|zscaler|forcepoint|sophos|"
    r"safelinks|bingpreview|urldefense|cloudmark|virustotal|facebookexternalhit|whatsapp|telegrambot|skypeuripreview",
    re.IGNORECASE,
)
_PICTURE_PROXIES = re.compile(r"GoogleImageProxy|ggpht|YahooMailProxy|DuckDuckGo-Image|Outlook-Image", re.IGNORECASE)
_MAIL_PRIVACY = re.compile(r"^Mozilla/5\.0$")
_PREFETCH = ("purpose", "sec-purpose", "x-purpose", "x-moz")


@dataclass(frozen=True)
class Verdict:
    """Whether a person did it, and why we think so."""

    person: bool
    reason: str


def judge(
    kind: Kind, method: str, headers: Mapping[str, str], *, seconds_since_sent: float | None = None, other_links_within_burst: int = 0
) -> Verdict:
    """Who made this request.

    `headers` in any case. `seconds_since_sent` is None when unknown. `other_links_within_burst` counts different links of
    the same message that the same address opened within BURST_S seconds.
    """
    said = {name.lower(): value for name, value in headers.items()}
    agent = said.get("user-agent", "")
    if method != "GET":
        return Verdict(False, f"asked with {method}, as scanners do")
    if any(word in said.get(name, "").lower() for name in _PREFETCH for word in ("prefetch", "preview", "prerender")):
        return Verdict(False, "fetched ahead by the program")
    if kind == "open":
        return _opened(agent)
    return _clicked(agent, said, seconds_since_sent, other_links_within_burst)


def _opened(agent: str) -> Verdict:
    if _MAIL_PRIVACY.match(agent):
        return Verdict(False, "Apple's mail privacy fetches every picture, read or not")
    if _PICTURE_PROXIES.search(agent):
        return Verdict(True, "the mail provider's picture proxy, which fetches when the mail is opened")
    if not agent or _ROBOTS.search(agent):
        return Verdict(False, "the agent names itself a machine" if agent else "no agent named")
    return Verdict(True, "looks like a mail program")


def _clicked(agent: str, said: Mapping[str, str], since_sent: float | None, others: int) -> Verdict:
    if not agent:
        return Verdict(False, "no agent named")
    if _ROBOTS.search(agent):
        return Verdict(False, "the agent names itself a machine")
    if others >= 2:
        return Verdict(False, "several links of one mail within three seconds")
    if said.get("sec-fetch-user") == "?1":
        return Verdict(True, "the browser says that a person pressed it")
    if since_sent is not None and since_sent < QUICK_CLICK_S:
        return Verdict(False, "sooner after sending than anybody reads")
    if "sec-fetch-mode" in said and said["sec-fetch-mode"] != "navigate":
        return Verdict(False, "not a visit to a page")
    if "accept-language" not in said:
        return Verdict(False, "no language asked for, as browsers always do")
    return Verdict(True, "looks like a browser")
