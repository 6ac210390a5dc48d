"""What every test may use: the database, the clock, and three people."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from afterword.kit import clock, testing

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.plugin import DjangoDbBlocker

    from afterword.loop.accounts.models import Member


# A run is had again as it was: what is searched for by chance, and the lots that ids are drawn by, are others only where they are named.
hypothesis.settings.register_profile("as ever", derandomize=True)
if testing.lots() == testing.AS_EVER:
    hypothesis.settings.load_profile("as ever")


def pytest_report_header() -> str:
    """By which lots this run is to be had again."""
    return f"lots: {testing.lots()} (AFTERWORD_TEST_LOTS)"


@pytest.fixture(scope="session")
def databases() -> Iterator[testing.Databases]:
    """The shared embedded server, and this process's database on it."""
    made = testing.Databases()
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def django_db_setup(databases: testing.Databases, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database copied from the migrated template instead of one migrated again."""
    from django.db import connection
    from django.test import TransactionTestCase

    # Emptying every table takes several times as long as a new copy, which a test that commits is followed by anyway.
    TransactionTestCase._fixture_teardown = lambda self: None  # type: ignore[attr-defined]
    with django_db_blocker.unblock():
        connection.settings_dict["NAME"] = databases.fresh()
    yield
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture(autouse=True)
def _clock_forgets() -> Iterator[None]:
    """After each test the clock's row is read again."""
    yield
    clock.forget()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """After a test that commits the database is copied anew."""
    yield
    marker = item.get_closest_marker("django_db")
    names = getattr(item, "fixturenames", ())
    commits = "transactional_db" in names or (marker and marker.kwargs.get("transaction"))
    if commits and nextitem is not None and testing.Databases.present is not None:
        from django.db import connection
        from pytest_django.plugin import blocking_manager_key

        with item.config.stash[blocking_manager_key].unblock():
            for thread in (one for one in threading.enumerate() if one.name == "sign-in link"):
                thread.join(10)  # it works beside the request and may not be done
            testing.let_go()
            connection.settings_dict["NAME"] = testing.Databases.present.fresh()


@pytest.fixture
def clock_at() -> Iterator[Callable[[datetime], datetime]]:
    """Make the shown time stand at an instant for the rest of the test; may be called again."""
    with ExitStack() as stack:
        yield lambda moment: stack.enter_context(clock.travel(moment))


def _member(name: str, role: str) -> Member:
    from afterword.loop.accounts.models import Member

    member = Member(email=f"{name}@shop.example", name=name.title(), role=role, created_at=clock.real_now())
    member.set_password(f"{name} has a long password")
    member.save()
    return member


@pytest.fixture
def alice(db: None) -> Member:
    """The owner."""
    return _member("alice", "owner")


@pytest.fixture
def bob(db: None) -> Member:
    """A colleague who may look at figures, but not at people, and change nothing."""
    return _member("bob", "analyst")


@pytest.fixture
def charlie(db: None) -> None:
    """A stranger: nobody here knows him."""
    return None


@pytest.fixture
def signed_in(client: Client) -> Callable[[Any], Client]:
    """A browser in which this member is signed in; for a stranger, one in which nobody is."""
    from django.test import Client

    def browser(member: Member | None) -> Client:
        fresh = Client()
        if member is not None:
            fresh.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
        return fresh

    return browser
