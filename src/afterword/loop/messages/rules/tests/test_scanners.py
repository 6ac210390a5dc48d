"""People and machines, by what their requests say."""

import pytest

from afterword.loop.messages.rules.scanners import Kind, judge

BROWSER = {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
    "Accept-Language": "ro,en;q=0.8", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-User": "?1",
}  # fmt: skip
OLD_PHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 13_0 like Mac OS X) AppleWebKit/605", "Accept-Language": "uk"}


@pytest.mark.parametrize("headers", [BROWSER, OLD_PHONE])
def test_a_browser_that_comes_after_a_while_is_a_person(headers: dict[str, str]) -> None:
    assert judge("click", "GET", headers, seconds_since_sent=3600).person


@pytest.mark.parametrize(
    ("kind", "method", "headers", "since", "others"),
    [
        ("click", "HEAD", BROWSER, 3600, 0),
        ("click", "GET", {**BROWSER, "Sec-Purpose": "prefetch;prerender"}, 3600, 0),
        ("click", "GET", {**BROWSER, "User-Agent": "Mozilla/5.0 (compatible; Barracuda Sentinel)"}, 3600, 0),
        ("click", "GET", {"User-Agent": "curl/8.5.0"}, 3600, 0),
        ("click", "GET", {}, 3600, 0),
        ("click", "GET", OLD_PHONE, 1.5, 0),
        ("click", "GET", BROWSER, 3600, 3),
        ("click", "GET", {"User-Agent": BROWSER["User-Agent"]}, 3600, 0),
        ("click", "GET", {**OLD_PHONE, "Sec-Fetch-Mode": "no-cors"}, 3600, 0),
        ("open", "GET", {"User-Agent": "Mozilla/5.0"}, 3600, 0),
        ("open", "GET", {"User-Agent": "Slackbot-LinkExpanding 1.0"}, 3600, 0),
    ],
)
def test_machines_are_told_apart(kind: Kind, method: str, headers: dict[str, str], since: float, others: int) -> None:
    verdict = judge(kind, method, headers, seconds_since_sent=since, other_links_within_burst=others)
    assert not verdict.person
    assert verdict.reason


def test_the_picture_proxy_of_a_mail_provider_is_a_person_opening() -> None:
    agent = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
    assert judge("open", "GET", {"User-Agent": agent}).person
