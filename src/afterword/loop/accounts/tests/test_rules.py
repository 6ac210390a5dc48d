"""Who may do what: owner, colleague, stranger."""

from __future__ import annotations

import pytest

from afterword.loop.accounts.rules import COMPANY_WIDE, DEEDS, MAY, may, sees
from afterword.loop.accounts.types import Deed, Person


def test_every_deed_is_in_the_table_and_the_owner_may_all_of_them() -> None:
    assert set(MAY) == set(DEEDS)
    assert all(may(Person("owner", None), deed) for deed in DEEDS)


@pytest.mark.parametrize("deed", DEEDS)
def test_a_stranger_and_somebody_who_left_may_nothing(deed: Deed) -> None:
    assert not may(Person("", frozenset()), deed)
    assert not may(Person("owner", None, active=False), deed)


def test_a_member_of_one_store_may_nothing_in_another_nor_what_concerns_the_company() -> None:
    owner_of_one = Person("owner", frozenset({"north"}))
    assert may(owner_of_one, "publish", "north")
    assert not may(owner_of_one, "publish", "south")
    assert not any(may(owner_of_one, deed, "north") for deed in COMPANY_WIDE)
    assert sees(owner_of_one, "north")
    assert not sees(owner_of_one, "south")


def test_an_analyst_sees_figures_and_no_people() -> None:
    allowed = {deed for deed in DEEDS if may(Person("analyst", None), deed)}
    assert allowed == {"see_figures"}
