"""How a mail server is reached, and how it can fail us as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from afterword.kernel.errors import Failed


class ServerUnreachable(Failed):
    """The mail server {host}:{port} could not be reached: {fault}."""


class SignInRefused(Failed):
    """The mail server {host}:{port} did not accept the user name and password."""


class NoEncryption(Failed):
    """The mail server {host}:{port} offers no encryption, and the settings ask for it."""


@dataclass(frozen=True)
class Server:
    """A mail server. `tls`: implicit (port 465), starttls (must), opportunistic (if offered), none. Times in seconds."""

    host: str
    port: int = 587
    username: str = ""
    password: str = ""
    tls: Literal["implicit", "starttls", "opportunistic", "none"] = "starttls"
    verify: bool = True
    hello: str = "localhost"
    connections: int = 4
    connect_within: float = 15.0
    answer_within: float = 60.0
    idle_for: float = 20.0
    mails_per_connection: int = 500
