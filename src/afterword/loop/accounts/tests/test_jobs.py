"""What the worker does for the team."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from afterword.kit import clock
from afterword.loop.accounts import door, models
from afterword.loop.accounts.jobs import forget_spent


@pytest.mark.django_db
def test_what_has_ended_is_dropped_and_what_still_holds_is_kept(alice: models.Member) -> None:
    now = clock.real_now()
    for key, ends in (("ended", -1), ("going-on", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(hours=ends))
    door.create_sign_in_link(alice, by=None, lasts=timedelta(days=-31))
    token = door.create_sign_in_link(alice, by=None)
    assert forget_spent(now + timedelta(days=9999)) == 2
    assert [session.session_key for session in Session.objects.all()] == ["going-on"]
    assert door.redeem_sign_in_link(token) == alice
