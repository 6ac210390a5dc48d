"""Which mail server carries: the one of the environment, or the local mailbox while the shop rehearses."""

from __future__ import annotations

from functools import lru_cache

from afterword.kit.env import env_int, env_str
from afterword.loop.accounts import door as accounts
from afterword.loop.channels.door import Server


def server() -> Server:
    """In rehearsal nothing leaves: everything goes to the local mailbox."""
    return mailbox() if accounts.installation().rehearsal or not env_str("AFTERWORD_SMTP_HOST", "") else outside()


def carries() -> bool:
    """Whether there is a mail server that could carry messages outside."""
    return bool(env_str("AFTERWORD_SMTP_HOST", ""))


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
