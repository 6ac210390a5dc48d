"""Settings: who may change what, errors at their field, what is shown once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from django.test import Client

from afterword.kit import sql
from afterword.loop.accounts import door as accounts

from .conftest import Shop

Browser = Callable[[Any], Client]
FOR_ALL = ("/settings/", "/settings/team/")
FOR_SOME = ("/settings/stores/", "/settings/stores/main/", "/settings/keys/", "/settings/audit/")
DEEDS = (
    "/settings/company", "/settings/stores/new", "/settings/stores/main/", "/settings/keys/new", "/settings/team/invite",
    "/settings/switch/stop", "/settings/switch/resume",
)  # fmt: skip
pytestmark = pytest.mark.usefixtures("shop")


def page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def filled(**changed: Any) -> dict[str, Any]:
    """The form of a store as a browser would send it."""
    return {
        "name": "Lut & Boabe", "currency": "EUR", "zone": "Europe/Bucharest", "first_language": "ro", "languages": ["ro", "en"],
        "quiet_from": "20:00", "quiet_until": "09:00", "day_cap": "1", "week_cap": "3", "colour": "#24508f",
    } | changed  # fmt: skip


# -- who ------------------------------------------------------------------------------------------------------------------


def test_an_owner_sees_every_page(signed_in: Browser, alice: Any) -> None:
    browser = signed_in(alice)
    for address in (*FOR_ALL, *FOR_SOME, f"/settings/team/{alice.pk}/"):
        assert "<h1" in page(browser, address), address


def test_a_colleague_reads_who_may_what_and_changes_nothing(signed_in: Browser, alice: Any, bob: Any) -> None:
    browser = signed_in(bob)
    for address in FOR_ALL:
        assert "csrfmiddlewaretoken" not in page(browser, address).split("<main")[1], address
    for address in (*FOR_SOME, f"/settings/team/{alice.pk}/"):
        assert browser.get(address).status_code == 403, address
    for address in (*DEEDS, f"/settings/team/{alice.pk}/", f"/settings/team/{alice.pk}/link", f"/settings/team/{alice.pk}/deactivate"):
        assert browser.post(address).status_code == 403, address


def test_a_stranger_is_asked_to_sign_in(signed_in: Browser, charlie: None) -> None:
    browser = signed_in(charlie)
    for address in (*FOR_ALL, *FOR_SOME):
        assert browser.get(address).headers["Location"].startswith("/sign-in?"), address
    for address in DEEDS:
        assert browser.post(address).headers["Location"].startswith("/sign-in"), address


def test_a_marketer_of_one_store_changes_that_store_only(signed_in: Browser) -> None:
    vera = accounts.create_member("vera@shop.example", "marketer", by=None, stores=("other",), password="vera has a password")
    browser = signed_in(vera)
    assert "Lut &amp; Boabe</a></th>" not in page(browser, "/settings/stores/")
    assert browser.get("/settings/stores/main/").status_code == 404
    assert browser.post("/settings/stores/main/", filled()).status_code == 404
    assert browser.post("/settings/stores/other/", filled(name="Glaze")).status_code == 302
    assert browser.post("/settings/stores/new", {"name": "x", "key": "x", "currency": "EUR"}).status_code == 403


# -- switches -------------------------------------------------------------------------------------------------------------


def test_everything_can_be_stopped_by_one_press_and_let_go_on_by_an_owner(signed_in: Browser, alice: Any) -> None:
    support = accounts.create_member("sam@shop.example", "support", by=None, password="sam has a password")
    said = signed_in(support).post("/settings/switch/stop", {"reason": "wrong prices"}, follow=True).content.decode()
    assert "All sending is stopped" in said
    assert accounts.installation().sending_stopped
    assert signed_in(support).post("/settings/switch/resume").status_code == 403
    assert "Messages leave again" in signed_in(alice).post("/settings/switch/resume", follow=True).content.decode()
    assert "wrong prices" in page(signed_in(alice), "/settings/audit/")
    assert signed_in(alice).post("/settings/switch/nonsense").status_code == 404


# -- stores ---------------------------------------------------------------------------------------------------------------


def test_a_store_is_kept_as_it_was_typed(signed_in: Browser, alice: Any) -> None:
    more = {"postal_address": "Strada 6, Cluj", "sender_email": "salut@lut.example", "voice": "warm"}
    assert signed_in(alice).post("/settings/stores/main/", filled(**more)).status_code == 302
    store = accounts.store("main")
    assert (store.languages, store.quiet_from, store.quiet_until, store.brand.week_cap) == (("ro", "en"), time(20), time(9), 3)
    assert (store.brand.colour, store.brand.postal_address) == ("#24508f", "Strada 6, Cluj")
    assert sql.value("select count(*) > 300 from local_clock where clock = '20:00' and zone = 'Europe/Bucharest'")
    assert 'value="20:00"' in page(signed_in(alice), "/settings/stores/main/")


@pytest.mark.parametrize(
    ("field", "changed"),
    [("colour", {"colour": "blue"}), ("quiet_until", {"quiet_until": ""}), ("week_cap", {"week_cap": "0"}), ("zone", {"zone": "Mars/Base"}),
     ("currency", {"currency": "euro"}), ("languages", {"languages": []}), ("sender_email", {"sender_email": "x"}), ("name", {"name": ""})],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
    signed_in: Browser, alice: Any, field: str, changed: dict[str, Any]
) -> None:
    answer = signed_in(alice).post("/settings/stores/main/", filled(**changed))
    assert answer.status_code == 200
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert accounts.store("main").brand.colour != "#24508f"


@pytest.mark.parametrize("zone", ["UTC", "EET"])
def test_a_store_whose_zone_is_no_place_keeps_it_when_something_else_is_changed(signed_in: Browser, alice: Any, zone: str) -> None:
    accounts.save_store("main", by=None, zone=zone)
    browser = signed_in(alice)
    assert f'<option value="{zone}" selected>' in page(browser, "/settings/stores/main/")
    browser.post("/settings/stores/main/", filled(zone=zone, name="Lut"))
    kept = accounts.store("main")
    assert (kept.zone, kept.name) == (zone, "Lut")


def test_another_store_is_made_once(signed_in: Browser, alice: Any) -> None:
    browser = signed_in(alice)
    given = {"name": "Third", "key": "third", "currency": "RON"}
    assert browser.post("/settings/stores/new", given).headers["Location"] == "/settings/stores/third/"
    assert "already" in browser.post("/settings/stores/new", given).content.decode()


# -- keys and the team ----------------------------------------------------------------------------------------------------


def test_a_key_is_shown_once_and_works_until_it_is_revoked(signed_in: Browser, alice: Any) -> None:
    browser = signed_in(alice)
    said = browser.post("/settings/keys/new", {"name": "Shop server", "store": "main", "kind": "server"}).content.decode()
    token = re.findall(r"wk_[\w-]{20,}", said)[0]
    assert accounts.write_key_for(token) == accounts.Opened("main", False, frozenset())
    assert token not in page(browser, "/settings/keys/")
    key = accounts.keys().get(name="Shop server")
    browser.post(f"/settings/keys/{key.pk}/revoke")
    assert accounts.write_key_for(token) is None
    assert browser.post("/settings/keys/99999/revoke").status_code == 404


def test_a_key_is_replaced_by_one_that_is_shown_once_and_the_old_one_works_as_long_as_chosen(signed_in: Browser, alice: Any) -> None:
    browser, old = signed_in(alice), accounts.create_key("main", "Shop server", by=None)
    key = accounts.keys().get()
    assert browser.post(f"/settings/keys/{key.pk}/replace", {"still": "365"}).status_code == 404
    said = browser.post(f"/settings/keys/{key.pk}/replace", {"still": "1"}).content.decode()
    fresh = next(one for one in re.findall(r"wk_[\w-]{20,}", said))
    assert accounts.write_key_for(old)
    assert accounts.write_key_for(fresh)
    assert "replaced, works until" in said
    assert fresh not in page(browser, "/settings/keys/")
    other = accounts.keys().get(start=fresh[:9])
    browser.post(f"/settings/keys/{other.pk}/replace", {"still": "0"})
    assert accounts.write_key_for(fresh) is None
    assert browser.post(f"/settings/keys/{other.pk}/replace", {"still": "0"}).status_code == 404


def test_a_key_for_pages_says_so_by_sight_and_in_the_list_with_the_pages_it_is_taken_from(signed_in: Browser, alice: Any) -> None:
    browser = signed_in(alice)
    given = {"name": "Web shop", "store": "main", "kind": "browser", "origins": "https://Shop.example/ , http://localhost:3000"}
    token = re.findall(r"bk_[\w-]{20,}", browser.post("/settings/keys/new", given).content.decode())[0]
    pages = {"https://shop.example", "http://localhost:3000"}
    assert accounts.write_key_for(token) == accounts.Opened("main", True, frozenset(pages))
    said = page(browser, "/settings/keys/")
    assert "In pages" in said
    assert "https://shop.example http://localhost:3000" in said


def test_an_address_that_is_no_page_is_refused_at_its_field_and_a_hidden_one_does_not_count(signed_in: Browser, alice: Any) -> None:
    browser, given = signed_in(alice), {"name": "x", "store": "main", "kind": "browser", "origins": "https://shop.example/tea"}
    assert 'id="id_origins_error"' in browser.post("/settings/keys/new", given).content.decode()
    assert not accounts.keys().exists()
    assert "wk_" in browser.post("/settings/keys/new", {**given, "kind": "server"}).content.decode()
    assert accounts.keys().get().origins == []


def test_somebody_is_invited_by_a_link_that_is_shown_once(signed_in: Browser, alice: Any, client: Client) -> None:
    browser = signed_in(alice)
    said = browser.post("/settings/team/invite", {"email": "nou@shop.example", "role": "support", "stores": ["other"]}).content.decode()
    link = re.findall(r"/sign-in/[\w-]{20,}", said)[0]
    assert link not in page(browser, "/settings/team/")
    assert client.get(link).status_code in (200, 302)
    nou = accounts.member_by_email("nou@shop.example")
    assert nou is not None
    assert [store.key for store in nou.stores.all()] == ["other"]
    again = browser.post("/settings/team/invite", {"email": "nou@shop.example", "role": "support"}).content.decode()
    assert "is a member already" in again


def test_a_role_changes_and_access_ends(signed_in: Browser, alice: Any, bob: Any) -> None:
    browser = signed_in(alice)
    assert browser.post(f"/settings/team/{bob.pk}/", {"role": "developer"}).status_code == 302
    bob.refresh_from_db()
    assert bob.role == "developer"
    assert "/sign-in/" in browser.post(f"/settings/team/{bob.pk}/link").content.decode()
    browser.post(f"/settings/team/{bob.pk}/deactivate")
    assert accounts.member_by_email(bob.email) is None
    last = browser.post(f"/settings/team/{alice.pk}/", {"role": "analyst"}).content.decode()
    assert "last owner" in last
    assert "last owner" in browser.post(f"/settings/team/{alice.pk}/deactivate", follow=True).content.decode()


def test_the_table_of_roles_is_the_one_that_is_asked(signed_in: Browser, bob: Any) -> None:
    said = page(signed_in(bob), "/settings/team/")
    assert said.count('aria-label="yes"') == sum(len(roles) for roles in accounts.MAY.values())


@pytest.mark.parametrize("address", ["/settings/", "/settings/team/", "/settings/keys/", "/settings/audit/", "/settings/stores/main/"])
def test_a_page_asks_the_database_a_fixed_number_of_times(
    signed_in: Browser, alice: Any, address: str, django_assert_max_num_queries: Any, shop: Shop
) -> None:
    browser = signed_in(alice)
    for n in range(5):
        accounts.create_member(f"m{n}@shop.example", "support", by=None, stores=("other",))
        accounts.create_key("main", f"k{n}", by=None)
    with django_assert_max_num_queries(17):
        page(browser, address)
