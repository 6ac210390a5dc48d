"""Which PostgreSQL is used: the one that `DATABASE_URL` names, or the embedded one of this home."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from ..env import BadSetting, env_str
from .server import DATABASE, Server


def external() -> dict[str, Any] | None:
    """Django's settings for the server in `DATABASE_URL` (postgresql://user:password@host:port/name?option=value), if set."""
    url = env_str("DATABASE_URL")
    return None if url is None else from_url(url)


def from_url(url: str) -> dict[str, Any]:
    """Django's settings for a PostgreSQL URL; host, port, user and password may also stand in the query, the
    host as the folder of a Unix socket."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise BadSetting(name="DATABASE_URL", value=parts.scheme or url[:20], expected="postgresql://user:password@host:5432/name")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    given = {
        "NAME": parts.path.strip("/"),
        "USER": parts.username or "",
        "PASSWORD": parts.password or "",
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
    }
    return {key: options.pop(key.lower(), None) or unquote(value) for key, value in given.items()} | {"OPTIONS": options}


def embedded(home: Path) -> dict[str, Any]:
    """Django's settings for the embedded server of this home. Nothing is started."""
    at = Server(home).parameters()
    return {"NAME": DATABASE, "USER": at["user"], "PASSWORD": "", "HOST": at["host"], "PORT": at["port"], "OPTIONS": {}}


def url_of(settings: Mapping[str, Any]) -> str:
    """The URL of Django's settings for a database, for processes that are to use the same one. It carries the password."""
    given = {key.lower(): str(settings[key]) for key in ("USER", "PASSWORD", "HOST", "PORT") if settings.get(key)}
    options = {name: value for name, value in settings.get("OPTIONS", {}).items() if isinstance(value, str) and name != "application_name"}
    return f"postgresql:///{quote(str(settings['NAME']))}?{urlencode({**options, **given})}"
