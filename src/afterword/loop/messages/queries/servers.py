"""Which mail server carries: the one of the environment for journeys that are live, the local mailbox for those that rehearse."""

from __future__ import annotations

from functools import lru_cache

from afterword.kit import sql
from afterword.kit.env import env_int, env_str
from afterword.loop.channels.door import Server

from ..types import Halt, Live

HALTS = "select origin, since, why, part, sent from message_halt where lifted_at is null order by since"
PROVIDED = "select exists (select 1 from channel_provider where channel = 'email' and closed_at is null)"
LIVE = "select origin, answer, live_at, by from message_live where ended_at is null order by origin"


def live_origins() -> dict[str, Live]:
    """The journeys that reach customers, by key, and how each went live. All others rehearse. One statement."""
    return {row["origin"]: Live(**row) for row in sql.records(LIVE)}


def halted() -> dict[str, Halt]:
    """What was stopped by itself and waits for a person, by origin."""
    return {row["origin"]: Halt(**row) for row in sql.records(HALTS)}


def server_name() -> str:
    """The name of the mail server that carries outside; empty where none is set."""
    return env_str("AFTERWORD_SMTP_HOST", "")


def server_key() -> str:
    """By what a mail server is remembered when it fails. Another server has not failed because this one did."""
    return f"smtp {server_name()}:{env_int('AFTERWORD_SMTP_PORT', 587)}"


def is_live(origin: str) -> bool:
    """Whether what this journey sends reaches customers."""
    return origin in live_origins()


def carries() -> bool:
    """Whether there is a mail server that could carry messages outside."""
    return bool(env_str("AFTERWORD_SMTP_HOST", "")) or bool(sql.value(PROVIDED))


@lru_cache(maxsize=1)
def mailbox() -> Server:
    """The local mailbox, which speaks real SMTP."""
    return Server(env_str("AFTERWORD_MAILBOX_HOST", "127.0.0.1"), env_int("AFTERWORD_MAILBOX_PORT", 8025), tls="none", connections=4)


@lru_cache(maxsize=1)
def outside() -> Server:
    """The mail server named in the environment."""
    tls = env_str("AFTERWORD_SMTP_TLS", "starttls")
    return Server(
        env_str("AFTERWORD_SMTP_HOST", ""), env_int("AFTERWORD_SMTP_PORT", 587), env_str("AFTERWORD_SMTP_USER", ""),
        env_str("AFTERWORD_SMTP_PASSWORD", ""), tls=tls,  # type: ignore[arg-type]
    )  # fmt: skip
