"""The web process: light, guarded, and without cookies for customers."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory

from afterword.loop.accounts.types import NotAllowed, OutOfReach
from afterword.project.middleware import Refusals, TeamSessions

HEAVY = ("ibis", "duckdb", "pyarrow", "pandas", "numpy", "scipy", "sklearn", "sqlglot")


def test_the_web_process_carries_no_analysis_engine() -> None:
    script = (
        "import json, sys; import afterword.project.wsgi; from django.urls import get_resolver\n"
        "def walk(found):\n    for one in found: walk(getattr(one, 'url_patterns', []))\n"
        "walk(get_resolver().url_patterns); print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env={**os.environ})
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "django" in loaded
    assert not loaded & set(HEAVY)


def test_the_mark_is_found_where_browsers_look_for_it_by_themselves(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(".svg")
    assert "mark" in answer.headers["Location"]


@pytest.mark.django_db
def test_health_answers_while_the_database_does(client: Client) -> None:
    assert client.get("/health").content == b"ok\n"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health", "/nowhere", "/c/nowhere"])
def test_every_answer_carries_a_policy_without_inline_code(client: Client, path: str) -> None:
    policy = client.get(path).headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/c/nowhere", "/v1/nowhere", "/api/v1/nowhere", "/hooks/x/y"])
def test_customers_and_machines_get_no_cookie(client: Client, path: str) -> None:
    assert not client.get(path).cookies
    assert not client.post(path).cookies


def test_every_language_that_customers_read_is_set_up() -> None:
    assert [code for code, _ in settings.LANGUAGES] == ["en", "ro", "uk", "ko", "th", "pt-br"]


def test_what_is_out_of_reach_is_not_there_and_what_is_not_allowed_says_so(rf: RequestFactory) -> None:
    answer = Refusals(lambda request: HttpResponse())
    request = rf.get("/customers/7")
    assert status(answer.process_exception(request, OutOfReach())) == 404
    assert status(answer.process_exception(request, NotAllowed(role="analyst", deed="publish"))) == 403
    assert answer.process_exception(request, ValueError()) is None


def status(answer: HttpResponse | None) -> int | None:
    return None if answer is None else answer.status_code


def test_customers_pages_take_a_post_without_a_token_and_the_console_does_not(rf: RequestFactory) -> None:
    def enforced(path: str) -> bool:
        request = rf.post(path)
        TeamSessions(lambda _: HttpResponse()).process_request(request)
        return not getattr(request, "_dont_enforce_csrf_checks", False)

    assert not enforced("/c/feedback/x")
    assert not enforced("/hooks/shop/x")
    assert enforced("/sign-in")
