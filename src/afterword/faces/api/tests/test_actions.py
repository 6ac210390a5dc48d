"""Requests that wait at the same time share a commit."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
from django.db import DataError, connection

from afterword.faces.api import actions
from afterword.faces.api.types import Busy
from afterword.kit import sql
from afterword.loop.intake import door as intake
from afterword.loop.intake.types import Taken

T0 = datetime(2026, 5, 1, 12, tzinfo=UTC)


def parcel(n: int, *, name: str = "page.viewed") -> intake.Parcel:
    body = {"name": name, "id": str(n), "customer": {"external_id": str(n % 3)}}
    return intake.read("api", "main", [json.dumps(body).encode()], T0)


@pytest.mark.django_db(transaction=True)
def test_many_requests_are_written_in_few_commits_and_each_hears_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    commits, real, groups, first = actions.Commits(), intake.take, [], Event()

    def counted(parcels: list[intake.Parcel], **more: Any) -> list[Taken]:
        groups.append(len(parcels))
        first.wait(1.0)
        return real(parcels, **more)

    monkeypatch.setattr(intake, "take", counted)

    def send(n: int) -> Taken:
        try:
            return commits.submit(parcel(n % 20, name="page.viewed" if n != 5 else "page.lost"), T0)
        finally:
            connection.close()

    with ThreadPoolExecutor(24) as pool:
        sent = [pool.submit(send, n) for n in range(24)]
        while not groups:
            pass
        first.set()
        taken = [one.result() for one in sent]
    assert sum(groups) == 24
    assert len(groups) < 24
    assert sum(one.accepted for one in taken) == 19
    assert sum(one.repeated for one in taken) == 4
    assert [bool(one.refused) for one in taken] == [n == 5 for n in range(24)]
    assert sql.value("select count(*) from event_inbox where name = 'page.viewed'") == 19


@pytest.mark.django_db
def test_a_batch_that_the_database_refuses_harms_no_other_and_is_kept_raw(monkeypatch: pytest.MonkeyPatch) -> None:
    commits, real = actions.Commits(), intake.take

    def refusing(parcels: list[intake.Parcel], **more: Any) -> list[Taken]:
        if any(one.told[0].source_id == "main:13" for one in parcels):
            raise DataError("no")
        return real(parcels, **more)

    monkeypatch.setattr(intake, "take", refusing)
    assert commits.submit(parcel(13), T0).refused
    assert commits.submit(parcel(1), T0).accepted == 1
    assert intake.waiting() == 1


def test_what_cannot_wait_any_more_is_sent_away() -> None:
    commits = actions.Commits()
    commits._events = actions.MOST_WAITING
    with pytest.raises(Busy):
        commits.submit(intake.Parcel("api", "main", [b"{}"]), T0)
