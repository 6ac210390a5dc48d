"""The command line. Rooms add their own commands through `rooms.COMMANDS`; they are loaded when one of them is asked for."""

from __future__ import annotations

import atexit
import os
import sys
from functools import cache, wraps
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from psycopg import OperationalError, errors
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup
from typer.main import get_group

from afterword.kernel.errors import AfterwordError, Failed, Refused
from afterword.kit.env import home
from afterword.kit.postgres import address
from afterword.kit.postgres.server import Server

from . import rooms

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afterword.project.settings")
said = Console(stderr=True, highlight=False)


class Commands(TyperGroup):
    """Our own commands at once; those of the rooms once Django has been set up, and only if they are needed."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name, here or in a room."""
        if cmd_name not in self.commands:
            self._mount()
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: Any) -> list[str]:
        """All names, for the help page."""
        self._mount()
        return sorted(self.commands)

    def _mount(self) -> None:
        set_up_django()
        for module in filter(rooms.present, rooms.COMMANDS):
            theirs = import_module(f"afterword.{module}").app
            both = typer.Typer()
            both.registered_commands = [*theirs.registered_commands, *app.registered_commands]
            both.registered_groups = theirs.registered_groups
            for name, command in get_group(both).commands.items():
                known = self.commands.get(name)
                if known is None:
                    self.commands[name] = _with_database(command)
                elif hasattr(known, "commands") and hasattr(command, "commands"):  # one group, to which two rooms add
                    known.commands.update(_with_database(command).commands)


def _with_database(command: Any) -> Any:
    """The command, reaching the database only when it is really run: a help page needs none."""
    for inner in getattr(command, "commands", {}).values():
        _with_database(inner)
    run = command.callback
    if run is not None and not hasattr(command, "commands"):

        @wraps(run)
        def reaching(*given: Any, **options: Any) -> Any:
            reach_database()
            return run(*given, **options)

        command.callback = reaching
    return command


app = typer.Typer(cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False, help="Everything a shop says and does after a sale.")


def set_up_django() -> None:
    """Django with all rooms; nothing is asked of the database."""
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


@cache
def reach_database() -> None:
    """Start the embedded server unless it runs, and stop it again with the last process that needs it."""
    if address.external() is None:
        server = Server(home())
        server.join()
        atexit.register(server.leave)


def set_up() -> None:
    """Django, with the database of this installation reachable."""
    set_up_django()
    reach_database()


class BehindThisVersion(Refused):
    """The database is not of this version ({what}). Run: afterword upgrade"""


class NoDatabase(Failed):
    """The database does not answer ({what}). Run `afterword doctor`."""


def main() -> None:
    """Run a command. What a person must change is one red line and exit 2; nobody is shown a traceback for it."""
    try:
        _run()
    except Failed as error:
        said.print(f"[bold red]Failed:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(1 if error.permanent else 75)
    except AfterwordError as error:
        said.print(f"[bold red]Refused:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(2)


def _run() -> None:
    """The command; what the database says of its own state becomes a word on what to do."""
    try:
        app()
    except Exception as error:
        cause = error.__cause__ or error
        what = str(cause).strip().split("\n")[0]
        if isinstance(cause, errors.UndefinedTable | errors.UndefinedColumn | errors.UndefinedFunction):
            raise BehindThisVersion(what=what) from error
        if isinstance(cause, OperationalError):
            raise NoDatabase(what=what) from error
        raise


# -- processes -----------------------------------------------------------------------------------------------------------

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="Port of the web pages.", min=1, max=65535)]


@app.command()
def up(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    shop: Annotated[str, typer.Option(help="A shop to live through: sample, olist, online-retail. Empty: your own.")] = "",
    data: Annotated[Path | None, typer.Option(help="The folder with that shop's data.")] = None,
) -> None:
    """Start everything: PostgreSQL, the web pages, the worker. Ctrl-C stops all of it; starting again goes on."""
    from . import processes

    sys.exit(processes.run(host=host, port=port, shop=shop, data=data))


@app.command()
def web(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Serve the web pages and the intake."""
    from . import processes

    reach_database()
    processes.serve(host, port)


@app.command()
def worker() -> None:
    """Do what is due: seal, tick, judge, hand over, and the periodic jobs."""
    set_up()
    from . import worker as working

    working.run()


@app.command(hidden=True)
def welcome() -> None:
    """What `up` does before anything is served: upgrade, make the first owner, say where everything is."""
    set_up()
    from . import upkeep

    for line in [*upkeep.upgrade(), *upkeep.greet()]:
        said.print(line, soft_wrap=True)


# -- care of an installation ---------------------------------------------------------------------------------------------


@app.command()
def upgrade(quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing when there was nothing to do.")] = False) -> None:
    """Bring the database, its views and the translations to this version. Safe to run at any time, also while workers run."""
    set_up()
    from . import upkeep

    for line in upkeep.upgrade():
        if not quiet:
            said.print(line)


@app.command()
def doctor() -> None:
    """Look over this installation, and say how to mend what is not well."""
    from . import doctor as practice

    findings = practice.examine()
    for found in findings:
        mark = "[green]✓[/]" if found.well else "[bold red]✗[/]"
        said.print(f"{mark} {found.name}: {found.words}" + ("" if found.well or not found.mend else f"\n  → {found.mend}"), soft_wrap=True)
    sys.exit(0 if all(found.well for found in findings) else 1)


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="Where to write it (a .tar file).")]) -> None:
    """Write the whole installation into one file: the database, its secret key, uploaded files."""
    set_up()
    from . import upkeep

    said.print(f"{upkeep.backup(file)} written. It holds personal data and the secret key: keep it as you keep those.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file written by `afterword backup`.", exists=True, dir_okay=False)],
    replace: Annotated[bool, typer.Option("--replace", help="Throw away what is here now.")] = False,
) -> None:
    """Put an installation back as it was when the file was written. Refuses to overwrite one that holds events."""
    set_up()
    from . import upkeep

    upkeep.restore(file, replace=replace)
    said.print("Restored. Run `afterword upgrade` if the file is from an older version.")


@app.command()
def reference(root: Annotated[Path, typer.Argument(file_okay=False, help="Below it, docs/reference is written.")] = Path()) -> None:
    """Print the whole reference from the code: events and their schemas, steps, commands, settings."""
    set_up_django()
    from .reference import print_pages

    said.print(", ".join(print_pages(root)) or "Everything was fresh.")


@app.command()
def shell() -> None:
    """A Python prompt inside the installation."""
    set_up()
    from django.core.management import call_command

    call_command("shell")


if __name__ == "__main__":
    main()
