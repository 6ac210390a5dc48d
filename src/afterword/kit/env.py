"""Settings out of the environment, each read in one way: typed, loud when wrong, and `NAME_FILE` for what is secret."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import overload

from afterword.kernel.errors import Refused

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


class BadSetting(Refused):
    """The setting {name} is “{value}”; expected {expected}."""


class MissingSetting(Refused):
    """The setting {name} is needed and is not set. Set {name}, or {name}_FILE to the path of a file that holds it."""


@overload
def env_str(name: str, default: str) -> str: ...
@overload
def env_str(name: str, default: None = None) -> str | None: ...
def env_str(name: str, default: str | None = None) -> str | None:
    """The value of `name`, or the content of the file that `name_FILE` points to, or the default."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadSetting(name=f"{name}_FILE", value=path, expected="the path of a readable file") from error
    value = os.environ.get(name)
    return default if value is None or value == "" else value


def env_needed(name: str) -> str:
    """The value of `name`, which must be set."""
    value = env_str(name)
    if value is None:
        raise MissingSetting(name=name)
    return value


def env_bool(name: str, default: bool) -> bool:
    """1, true, yes, on; or 0, false, no, off."""
    value = env_str(name)
    if value is None:
        return default
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise BadSetting(name=name, value=value, expected="yes or no")


def env_int(name: str, default: int, *, least: int | None = None, most: int | None = None) -> int:
    """A whole number, within bounds where given."""
    value = env_str(name)
    if value is None:
        return default
    try:
        number = int(value)
    except ValueError as error:
        raise BadSetting(name=name, value=value, expected="a whole number") from error
    if (least is not None and number < least) or (most is not None and number > most):
        raise BadSetting(name=name, value=value, expected=f"a whole number from {least} to {most}")
    return number


def env_list(name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Words separated by commas."""
    value = env_str(name)
    return default if value is None else tuple(word.strip() for word in value.split(",") if word.strip())


def env_secret(name: str, keep_in: Path) -> str:
    """A secret from the environment; else one minted once and kept in this file, readable by its owner alone."""
    given = env_str(name)
    if given is not None:
        return given
    if not keep_in.exists():
        keep_in.parent.mkdir(parents=True, exist_ok=True)
        draft = keep_in.with_name(f"{keep_in.name}.{os.getpid()}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, keep_in)
        except FileExistsError:
            pass  # another process minted it first: theirs is the one that counts
        finally:
            draft.unlink()
    return keep_in.read_text(encoding="ascii").strip()


def home() -> Path:
    """The folder that holds everything an installation keeps outside its database: `AFTERWORD_HOME`, or `.afterword` here.

    Made when it is not there, and then closed to other users.
    """
    place = Path(env_str("AFTERWORD_HOME", ".afterword")).absolute()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def public_url() -> str:
    """Where people reach this installation: `AFTERWORD_URL`, else where it was last started, else port 8000 here."""
    given = env_str("AFTERWORD_URL")
    if given is None and (home() / "address").exists():
        given = (home() / "address").read_text(encoding="utf-8").strip()
    return (given or "http://localhost:8000").rstrip("/")
