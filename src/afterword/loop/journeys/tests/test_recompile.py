"""An upgrade says stored versions anew."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from afterword.kit import sql
from afterword.loop.journeys import door

NOW = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.mark.django_db
def test_a_version_of_an_older_edition_is_compiled_anew_and_means_the_same() -> None:
    door.keep_shipped(at=NOW)
    version = door.publish("win_back", at=NOW, until=NOW)
    sql.run('update journey_version set statements = \'[["trigger", "select 1"]]\' where id = %s', [version.pk])
    assert door.recompile() == (1, [])
    assert sql.value("select statements from journey_version where id = %s", [version.pk]) is not None
    assert door.recompile() == (0, [])


@pytest.mark.django_db
def test_a_version_that_this_edition_cannot_read_goes_on_as_it_was_and_stops_no_other() -> None:
    door.keep_shipped(at=NOW)
    bad, good = (door.publish(key, at=NOW, until=NOW) for key in ("win_back", "satisfaction"))
    before = sql.value("select statements from journey_version where id = %s", [bad.pk])
    sql.run("set constraints all immediate")
    sql.run("alter table journey_version disable trigger user")  # as if the edition before had known another event
    sql.run("update journey_version set text = replace(text, 'order.placed', 'order.forgotten') where id = %s", [bad.pk])
    sql.run("alter table journey_version enable trigger user")
    sql.run('update journey_version set statements = \'[["trigger", "select 1"]]\' where id = %s', [good.pk])
    renewed, unread = door.recompile()
    assert renewed == 1
    ((name, fault),) = unread
    assert name.endswith(", version 1")
    assert "order.forgotten" in fault
    assert sql.value("select statements from journey_version where id = %s", [bad.pk]) == before
