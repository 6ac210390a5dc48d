"""What is recorded beside each channel holds: we ask what stands there, understand the answers, believe and understand what is told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest

from afterword.loop.channels.actions.providers import PROVIDERS
from afterword.loop.channels.types import Call, Heard, Meaning, Provider, Request
from afterword.loop.channels.web_push.payloads import encrypted, packed, private, unpacked

from .samples_wire import ROOM, Sample, samples, settings

FOLDERS = sorted(path.parent.name for path in ROOM.glob("*/send.py"))
BY_HTTP = [name for name in FOLDERS if name != "email_smtp"]
# Numbers that are kept free for films: 555-01xx in North America.
NUMBER = re.compile(r"(?<![\w.-])(?:\+|%2B)?(\d{11,14})(?![\w.-])")
FREE = re.compile(r"^1\d{3}55501\d\d$")


def each(file: str, channels: list[str]) -> Iterator[tuple[str, str]]:
    for channel in channels:
        if (ROOM / channel / "samples" / f"{file}.http").exists():
            yield from ((channel, name) for name in samples(channel, file))


def kind(channel: str) -> Provider:
    return next(one for one in PROVIDERS.values() if one.name == channel)


@pytest.mark.parametrize("channel", FOLDERS)
def test_each_channel_has_its_samples_and_says_what_they_follow(channel: str) -> None:
    found = [path for path in (ROOM / channel / "samples").iterdir() if path.suffix != ".json"]
    assert {path.stem for path in found} >= ({"requests", "answers"} if channel != "email_smtp" else {"sessions", "bounce", "complaint"})
    for path in found:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert "Documented: " in first, path
    if channel in BY_HTTP and kind(channel).heard is not None:
        assert samples(channel, "receipts")


def test_no_sample_holds_a_number_of_anybody_s() -> None:
    for path in ROOM.glob("*/samples/*.http"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if any(word in line for word in ("To=", '"to"', '"from"', "wa_id", "recipient", "msisdn", "sender")):
                given = [n for n in NUMBER.findall(line) if not n.startswith(("17778852", "106540352242922"))]
                assert all(FREE.match(number) for number in given), (path, given)


@pytest.mark.parametrize(("channel", "name"), list(each("requests", [c for c in BY_HTTP if c not in ("email_anymail", "web_push")])))
def test_we_ask_what_is_recorded(channel: str, name: str) -> None:
    sample = samples(channel, "requests")[name]
    asked = kind(channel).request(sample.note(), settings(channel))
    assert (asked.method, path_of(asked)) == tuple(sample.start.split()[:2])
    assert {key.lower(): value for key, value in asked.headers.items()} == sample.headers
    assert said(asked.body, sample) == said(sample.body, sample)


def path_of(asked: Request) -> str:
    parts = urlsplit(asked.url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def said(body: bytes, sample: Sample) -> object:
    """A body as it is meant: fields, or the value of its JSON, or how it begins."""
    given = sample.headers["content-type"]
    if given == "application/json" and "webhook-signature" not in sample.headers:
        return json.loads(body)
    return dict(parse_qsl(body.decode())) if "form" in given else body[:5] if given == "application/pdf" else body


def test_a_notice_is_sealed_as_the_rfc_seals_its_example() -> None:
    (sample,) = samples("web_push", "requests").values()
    asked = kind("web_push").request(sample.note(), settings("web_push"))
    headers = {key.lower(): value for key, value in asked.headers.items()}
    vapid, key = headers.pop("authorization").rsplit(", ", 1)
    assert vapid.startswith("vapid t=ey")
    assert {**headers, "authorization": f"vapid t=…, {key}"} == dict(sample.headers)
    keys = json.loads(sample.note().recipient)["keys"]
    own = private(settings("web_push")["private"])
    made = encrypted(sample.says["plain"].encode(), keys["p256dh"], keys["auth"], own=own, salt=unpacked(sample.says["salt"]))
    assert packed(made) == sample.body.decode()


@pytest.mark.parametrize(("channel", "name"), list(each("answers", [c for c in BY_HTTP if c != "email_anymail"])))
def test_an_answer_means_what_is_recorded(channel: str, name: str) -> None:
    sample, provider = samples(channel, "answers")[name], kind(channel)
    given = (sample.status, sample.headers, sample.body)
    assert spelt(provider.meant(*given, settings(channel)) if provider.meant else provider.understood(*given)) == sample.says["means"]


def spelt(meaning: Meaning) -> str:
    parts = [meaning.result, meaning.word]
    parts += ["suppress"] * meaning.suppress + ["whole"] * meaning.whole
    parts += [f"wait={meaning.wait:g}"] if meaning.wait is not None else []
    parts += [f"id={meaning.provider_id}"] if meaning.provider_id else []
    return " ".join(parts)


@pytest.mark.parametrize(("channel", "name"), list(each("receipts", BY_HTTP)))
def test_what_is_told_is_believed_and_understood_as_is_recorded(channel: str, name: str) -> None:
    sample, provider, given = samples(channel, "receipts")[name], kind(channel), settings(channel)
    assert provider.heard
    assert provider.verified
    if "challenge" in sample.says:
        assert provider.challenge
        assert provider.challenge(sample.call(), given) == sample.says["challenge"]
        return
    assert provider.verified(sample.call(), given)
    unsigned = {name: value for name, value in sample.headers.items() if name in ("content-type", "accept")}
    path = sample.start.split()[1].replace("s3cret", "other")
    assert not provider.verified(Call("POST", f"https://care.shop.example{path}", {}, unsigned, sample.body), given)
    told = provider.heard(sample.call(), given)
    assert (" + ".join(fits(one, sample.says["tells"]) for one in told) or "nothing") == sample.says["tells"]


def fits(heard: Heard, wanted: str) -> str:
    """What was heard, as the sample spells it: of what may stand there, only what does."""
    parts = [heard.kind] + ([heard.word] if heard.word and heard.word in wanted.split() else []) + ["suppress"] * heard.suppress
    parts += [f"id={heard.id}"] if "id=" in wanted else []
    parts += [f"text={heard.text}"] if "text=" in wanted else []
    parts += [f"provider={heard.provider_id}"] if "provider=" in wanted else []
    assert heard.reference
    return " ".join(parts)
