"""What the team does, and what it may not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from typer.testing import CliRunner

from afterword.kit import clock
from afterword.loop.accounts import door, models, queries
from afterword.loop.accounts.commands import NoSuchKey, app
from afterword.loop.accounts.types import AddressTaken, BadValue, LastOwner, LinkSpent, NotAllowed, OutOfReach, UnknownStore

pytestmark = pytest.mark.django_db


def test_a_fresh_installation_has_one_store_and_a_secret() -> None:
    assert not door.installation().sending_stopped
    assert [store.key for store in door.stores()] == ["main"]
    assert len(door.secret()) == 32


def test_the_owner_invites_a_colleague_who_signs_in_once_by_link(alice: models.Member) -> None:
    dana = door.create_member("Dana@shop.example", "support", by=alice)
    token = door.create_sign_in_link(dana, by=alice)
    assert door.redeem_sign_in_link(token) == dana
    with pytest.raises(LinkSpent):
        door.redeem_sign_in_link(token)
    assert [(line.who, line.what) for line in door.audited()][::-1] == [
        (alice.email, "member created"), (alice.email, "sign-in link created"), (dana.email, "signed in by link"),
    ]  # fmt: skip


def test_a_link_that_is_old_or_invented_signs_nobody_in(alice: models.Member) -> None:
    old = door.create_sign_in_link(alice, by=None, lasts=timedelta(seconds=-1))
    for token in (old, "invented", ""):
        with pytest.raises(LinkSpent):
            door.redeem_sign_in_link(token)


def test_asking_for_a_link_does_not_spend_an_earlier_one_but_signing_in_spends_all(alice: models.Member) -> None:
    printed_at_the_start = door.create_sign_in_link(alice, by=None)
    asked_for = door.create_sign_in_link(alice, by=alice)
    assert door.redeem_sign_in_link(printed_at_the_start) == alice
    with pytest.raises(LinkSpent):
        door.redeem_sign_in_link(asked_for)


def test_an_address_is_given_once_however_it_is_written(alice: models.Member) -> None:
    with pytest.raises(AddressTaken):
        door.create_member("ALICE@shop.example", "analyst", by=alice)


def test_a_colleague_and_a_stranger_cannot_change_the_team_keys_or_switches(bob: models.Member, alice: models.Member) -> None:
    key = models.WriteKey.objects.get(start=door.create_key("main", "shop", by=alice)[:9])
    for refused in (
        lambda: door.create_member("eve@shop.example", "owner", by=bob),
        lambda: door.change_role(bob, "owner", by=bob),
        lambda: door.create_sign_in_link(alice, by=bob),
        lambda: door.create_key("main", "mine", by=bob),
        lambda: door.rotate_key(key, by=bob),
        lambda: door.stop_all_sending(by=bob),
        lambda: door.resume_sending(by=bob),
        lambda: door.save_store("main", by=bob, name="Mine"),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert not door.audited().filter(member=bob).exists()


def test_what_is_in_another_store_does_not_exist_for_a_member_of_one(alice: models.Member) -> None:
    door.save_store("north", by=alice, name="North")
    dan = door.create_member("dan@shop.example", "developer", by=alice, stores=("north",))
    assert door.create_key("north", "shop", by=dan)
    with pytest.raises(OutOfReach):
        door.create_key("main", "shop", by=dan)


def test_the_last_owner_can_neither_leave_nor_step_down(alice: models.Member) -> None:
    with pytest.raises(LastOwner):
        door.change_role(alice, "analyst", by=alice)
    with pytest.raises(LastOwner):
        door.deactivate_member(alice, by=alice)
    door.create_member("anna@shop.example", "owner", by=alice)
    door.change_role(alice, "analyst", by=alice)
    assert alice.role == "analyst"


def test_somebody_who_left_cannot_come_back_by_a_link_sent_before(alice: models.Member) -> None:
    dana = door.create_member("dana@shop.example", "support", by=alice)
    token = door.create_sign_in_link(dana, by=alice)
    door.deactivate_member(dana, by=alice)
    with pytest.raises(LinkSpent):
        door.redeem_sign_in_link(token)
    assert door.member_by_email("dana@shop.example") is None


def test_a_key_opens_its_store_until_it_is_rotated(alice: models.Member) -> None:
    token = door.create_key("main", "web shop", by=alice)
    assert door.write_key_for(token) == door.Opened("main", False, frozenset())
    assert door.write_key_for(token + "x") is None
    assert door.write_key_for("") is None
    key = models.WriteKey.objects.get()
    assert key.last_used_at is not None
    assert token.encode() not in bytes(key.hash)
    fresh = door.rotate_key(key, by=alice)
    assert door.write_key_for(token) is None
    assert door.write_key_for(fresh) == door.Opened("main", False, frozenset())


def test_a_key_that_is_replaced_works_on_for_as_long_as_was_chosen(alice: models.Member, bob: models.Member) -> None:
    now = clock.real_now()
    old = door.create_key("main", "web shop", by=alice)
    key = models.WriteKey.objects.get()
    fresh = door.rotate_key(key, by=alice, still=timedelta(days=1))
    assert door.write_key_for(old) == door.write_key_for(fresh) == door.Opened("main", False, frozenset())
    told = door.audited().get(what="key replaced")
    assert (told.subject, told.after["by"]) == (old[:9], fresh[:9])  # type: ignore[index]
    key.refresh_from_db()
    assert key.works(now + timedelta(hours=23))
    assert not key.works(now + timedelta(days=2))
    assert list(door.keys().values_list("start", flat=True)) == [fresh[:9], old[:9]]
    models.WriteKey.objects.filter(pk=key.pk).update(revoked_at=now - timedelta(seconds=1))
    queries.forget_keys()
    assert door.write_key_for(old) is None
    other = models.WriteKey.objects.get(start=fresh[:9])
    again = door.rotate_key(other, by=alice, still=timedelta(days=7))
    other.refresh_from_db()
    door.revoke_key(other, by=alice)
    assert door.write_key_for(fresh) is None, "it can still be ended at once"
    assert door.write_key_for(again)
    with pytest.raises(BadValue):
        door.rotate_key(other, by=alice, still=timedelta(days=31))


def test_a_key_is_replaced_on_the_command_line() -> None:
    old = door.create_key("main", "web shop", by=None)
    done = CliRunner().invoke(app, ["keys", "rotate", old[:9], "--still", "7d"])
    fresh = done.stdout.split()[0]
    assert fresh.startswith("wk_")
    assert door.write_key_for(old)
    assert door.write_key_for(fresh)
    assert "works until" in CliRunner().invoke(app, ["keys", "list"]).stdout
    assert isinstance(CliRunner().invoke(app, ["keys", "rotate", "wk_nobody"]).exception, NoSuchKey)


def test_a_key_that_takes_the_place_of_another_is_of_its_kind_and_for_its_pages(alice: models.Member) -> None:
    old = door.create_key(
        "main", "pages", by=alice, kind="browser", origins=("https://Shop.example/", "https://shop.example", "http://[::1]:80")
    )
    pages = frozenset({"https://shop.example", "http://[::1]"})
    assert door.write_key_for(old) == door.Opened("main", True, pages)
    fresh = door.rotate_key(models.WriteKey.objects.get(), by=alice)
    assert door.write_key_for(old) is None
    assert door.write_key_for(fresh) == door.Opened("main", True, pages)
    assert (old[:3], fresh[:3], door.create_key("main", "shop", by=alice)[:3]) == ("bk_", "bk_", "wk_")
    assert door.audited().filter(what="key created").last().after["kind"] == "browser"  # type: ignore[union-attr, index]


@pytest.mark.parametrize(
    "page", ["", "shop.example", "https://shop.example/tea", "https://a@shop.example", "https://*.shop.example", "null", "ftp://shop.example",
             "https://shop.example?x", "https://", "https://shop.example:99999", "javascript:alert(1)", "https://a b.example"],
)  # fmt: skip
def test_a_page_is_named_by_scheme_and_host_alone(alice: models.Member, page: str) -> None:
    with pytest.raises(BadValue):
        door.create_key("main", "pages", by=alice, kind="browser", origins=(page,))
    assert not models.WriteKey.objects.exists()


def test_a_page_with_letters_of_its_language_is_kept_as_browsers_say_it(alice: models.Member) -> None:
    door.create_key("main", "pages", by=alice, kind="browser", origins=("https://cafeneă.example:8443",))
    assert models.WriteKey.objects.get().origins == ["https://xn--cafene-n0a.example:8443"]


def test_a_server_key_is_for_no_page_and_the_database_knows_it(alice: models.Member) -> None:
    with pytest.raises(BadValue):
        door.create_key("main", "shop", by=alice, origins=("https://shop.example",))
    door.create_key("main", "shop", by=alice)
    for wrong in ({"origins": ["https://shop.example"]}, {"kind": "both"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            models.WriteKey.objects.update(**wrong)


def test_stopping_all_sending_is_one_deed_that_is_audited(alice: models.Member) -> None:
    door.stop_all_sending(by=alice, reason="wrong price in the mail")
    assert door.installation().sending_stopped
    assert door.audited()[0].reason == "wrong price in the mail"
    door.resume_sending(by=alice)
    assert not door.installation().sending_stopped


def test_the_audit_cannot_be_rewritten_even_by_sql(alice: models.Member) -> None:
    door.stop_all_sending(by=alice)
    for rewrite in (lambda: models.Audit.objects.update(who="nobody"), lambda: models.Audit.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rewrite()


def test_a_store_keeps_what_is_not_mentioned_and_refuses_what_makes_no_sense(alice: models.Member) -> None:
    door.save_store("main", by=alice, brand={"colour": "#123abc", "sender_name": "Ann"}, zone="Europe/Berlin")
    kept = door.save_store("main", by=alice, brand={"sender_name": "Anna"}, languages=["de", "en"])
    assert (kept.brand.colour, kept.brand.sender_name, kept.zone, kept.languages) == ("#123abc", "Anna", "Europe/Berlin", ("de", "en"))
    for wrong in ({"zone": "Mars/Base"}, {"currency": "euro"}, {"brand": {"colour": "red"}}, {"brand": {"font": "x"}}, {"colour": "x"}):
        with pytest.raises(BadValue):
            door.save_store("main", by=alice, **wrong)
    with pytest.raises(UnknownStore):
        door.store("nowhere")


def test_a_weak_password_is_refused_with_the_reason(alice: models.Member) -> None:
    with pytest.raises(BadValue, match="10"):
        door.change_password(alice, "short")
    door.change_password(alice, "a long walk by the sea")
    assert alice.check_password("a long walk by the sea")


def test_links_expire_by_the_real_time_whatever_time_is_shown(alice: models.Member) -> None:
    token = door.create_sign_in_link(alice, by=None)
    with clock.travel(clock.real_now() + timedelta(days=400)):
        assert door.redeem_sign_in_link(token) == alice


def test_a_voice_and_a_type_are_chosen_and_what_was_written_before_reads_as_plain() -> None:
    assert door.save_store("main", by=None, brand={"voice": "formal", "type": "serif"}).brand.voice == "formal"
    for wrong in ({"voice": "loud"}, {"type": "comic"}):
        with pytest.raises(BadValue):
            door.save_store("main", by=None, brand=wrong)
    models.Store.objects.update(brand={"voice": "warm, exact, never loud", "colour": "#112233"})
    kept = door.store("main").brand
    assert (kept.voice, kept.type, kept.colour) == ("plain", "humanist", "#112233")
