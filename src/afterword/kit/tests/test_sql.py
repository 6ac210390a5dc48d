"""SQL through Django's connection."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import transaction

from afterword.kit import sql
from afterword.kit.clock import elapsed


@pytest.mark.django_db
def test_rows_records_one_and_value_read_an_answer() -> None:
    assert sql.rows("select * from generate_series(1, %s)", [3]) == [(1,), (2,), (3,)]
    assert sql.records("select 1 as a, 'x' as b") == [{"a": 1, "b": "x"}]
    assert sql.one("select 1 where false") is None
    assert sql.value("select %(n)s + 1", {"n": 41}) == 42


@pytest.mark.django_db
def test_copy_writes_every_kind_of_value_inside_the_transaction() -> None:
    sql.run("create temp table things (id uuid, at timestamptz, n int, facts jsonb) on commit drop")
    given = [(uuid4(), datetime(2026, 5, 1, tzinfo=UTC), n, {"odd": "tab\tand 'quote' \\ ü", "n": n}) for n in range(1000)]
    assert sql.copy_rows("things", ("id", "at", "n", "facts"), given) == 1000
    assert sql.one("select id, at, n, facts->>'odd' from things where n = 7") == (given[7][0], given[7][1], 7, "tab\tand 'quote' \\ ü")


LOCKS = """
select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
"""  # of this database: other test runs share the server


@pytest.mark.django_db(transaction=True)
def test_a_lock_is_held_by_one_until_its_transaction_ends() -> None:
    sql.run("create table if not exists attempts (n int)")
    with sql.advisory_lock("seal"):
        assert sql.value(LOCKS) == 1
    assert sql.value(LOCKS) == 0


@pytest.mark.django_db(transaction=True)
def test_a_listener_wakes_when_the_notifying_transaction_commits() -> None:
    listener = sql.Listener("afterword_inbox")
    assert listener.wait(0.0) == set()
    with transaction.atomic():
        sql.notify("afterword_inbox")
        assert listener.wait(0.05) == set()
    assert listener.wait(5.0) == {"afterword_inbox"}
    listener.close()


@pytest.mark.django_db(transaction=True)
def test_a_listener_that_lost_its_connection_comes_back_and_says_look_again() -> None:
    listener = sql.Listener("afterword_inbox")
    listener.wait(0.0)
    sql.run("select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen %%' and pid <> pg_backend_pid()", [])
    assert listener.wait(5.0) == {"afterword_inbox"}
    sql.notify("afterword_inbox")
    assert listener.wait(5.0) == {"afterword_inbox"}
    listener.close()


@pytest.mark.django_db(transaction=True)
def test_waiting_ends_at_once_when_the_other_file_can_be_read() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"!")
    started = elapsed()
    listener = sql.Listener("afterword_inbox")
    assert listener.wait(5.0, also=reading) == set()
    assert elapsed() - started < 3
    listener.close()
    os.close(reading)
    os.close(writing)
