"""Tasks and endpoints in the console: as owner, as colleague, as a stranger."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from afterword.kit import clock, sql
from afterword.loop.accounts import door as accounts
from afterword.loop.errands import door as errands

from .conftest import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(shop: Shop) -> Any:
    """Something to be done about Ana."""
    id = uuid4()
    sql.run(
        "insert into errand_task (id, title, note, meant_for, store, customer_id, origin, opened_at, due_at) "
        "values (%s, 'Write a card to her', '', 'support', 'main', %s, 'does', %s, %s)",
        [id, shop.ana, clock.now(), clock.now()],
    )
    return id


def test_a_task_is_ticked_off_and_taken_back(task: Any, signed_in: Any, alice: Any) -> None:
    browser = signed_in(alice)
    assert "Write a card to her" in browser.get("/tasks/").content.decode()
    assert browser.post(f"/tasks/{task}/done").status_code == 302
    assert "Write a card" not in browser.get("/tasks/").content.decode().split("Nothing to do")[-1]
    assert "Write a card to her" in browser.get("/tasks/?shown=done").content.decode()
    assert browser.post(f"/tasks/{task}/done").status_code == 404
    assert browser.post(f"/tasks/{task}/open").status_code == 302
    assert errands.tasks()


def test_a_colleague_of_another_store_neither_sees_nor_ticks_it(task: Any, signed_in: Any, mihai: Any) -> None:
    browser = signed_in(mihai)
    assert "Write a card" not in browser.get("/tasks/").content.decode()
    assert browser.post(f"/tasks/{task}/done").status_code == 404


def test_a_secret_is_shown_once_and_an_address_must_be_outside(shop: Shop, signed_in: Any, alice: Any) -> None:
    browser = signed_in(alice)
    wrong = browser.post("/settings/endpoints/new", {"key": "erp", "url": "http://10.0.0.1/"}).content.decode()
    assert "does not begin with https" in wrong
    shown = browser.post("/settings/endpoints/new", {"key": "erp", "url": "https://erp.example/in"}).content.decode()
    assert "whsec_" in shown
    assert "whsec_" not in browser.get("/settings/endpoints/").content.decode()
    assert browser.post("/settings/endpoints/erp/close").status_code == 302
    assert errands.endpoints()[0]["closed_at"]
    assert browser.post("/settings/endpoints/nobody/close").status_code in (302, 400, 404, 422)


def test_who_may_not_see_names_sees_the_task_without(task: Any, signed_in: Any, dana: Any) -> None:
    page = signed_in(dana)
    shown = page.get("/tasks/").content.decode()
    assert "Write a card to her" in shown
    assert "Popovici" not in shown


def test_a_stranger_is_asked_to_sign_in(task: Any) -> None:
    assert Client().get("/tasks/").status_code == 302
    assert Client().post(f"/tasks/{task}/done").status_code == 302
    assert errands.tasks()


def test_what_was_given_up_is_taken_up_again(shop: Shop, signed_in: Any, alice: Any) -> None:
    sql.run(
        "insert into errand (id, kind, settings, origin, run, step, store, customer_id, planned_at, state, said) "
        "values (%s, 'webhook', '{\"to\": \"erp\"}', 'does', %s, 's', 'main', %s, now(), 'dead', '503 away')",
        [uuid4(), uuid4(), shop.ana],
    )
    browser = signed_in(alice)
    assert "503 away" in browser.get("/tasks/").content.decode()
    assert browser.post("/tasks/replay").status_code == 302
    assert sql.value("select state from errand") == "planned"


def test_the_global_holdout_is_set_and_kept(shop: Shop, signed_in: Any, alice: Any) -> None:
    browser = signed_in(alice)
    browser.post("/settings/company", {"company": "Lut", "currency": "EUR", "holdout": "8"})
    assert accounts.installation().global_holdout == pytest.approx(0.08)
    assert "holdout" in browser.post("/settings/company", {"company": "Lut", "currency": "EUR", "holdout": "80"}).content.decode()
    assert accounts.installation().global_holdout == pytest.approx(0.08)
