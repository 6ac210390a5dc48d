"""Taking events in our own words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import msgspec
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.decorators import decorate_view
from ninja.errors import AuthenticationError
from ninja.security import HttpBasicAuth, HttpBearer

from afterword.kit import clock
from afterword.loop.events.door import vocabulary
from afterword.loop.intake import door as intake
from afterword.loop.intake.types import Taken

from ..actions import RETRY_AFTER, commits, limits
from ..forms import BATCH, ONE, body_of, key_of, opened_by
from ..types import Busy, Declined, NoKey, NotJson, TooMany
from . import papers
from .answers import FROM_ANYWHERE, answer, fault_of, problem
from .bodies import Answer, EventIn, EventsIn, Problem

SOURCE = "api"


class ByBasic(HttpBasicAuth):
    """The write key as the user name, with an empty password."""

    def authenticate(self, request: HttpRequest, username: str, password: str) -> str | None:
        """The store of the key."""
        return _store(username)


class ByBearer(HttpBearer):
    """The write key as a bearer token."""

    def authenticate(self, request: HttpRequest, token: str) -> str | None:
        """The store of the key."""
        return _store(token)


def _store(token: str) -> str | None:
    opened = opened_by(token)
    return opened.store if opened else None


class _Many(msgspec.Struct):
    """The envelope; the events are left as they came."""

    events: list[msgspec.Raw]


_MANY = msgspec.json.Decoder(_Many)
_ONE = msgspec.json.Decoder(dict[str, msgspec.Raw])
api = NinjaAPI(title="Afterword", version="1", docs_url=None, auth=[ByBasic(), ByBearer()], urls_namespace="native-api")
api.add_router("", papers.router)
_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"anyOf": [
    {"$ref": "#/components/schemas/EventIn"}, {"$ref": "#/components/schemas/EventsIn"}]}}}}}  # fmt: skip
_REFUSALS = dict.fromkeys((400, 401, 403, 413, 415, 422, 429, 503), Problem)


def _open_to_pages(hook: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whatever is answered, also a refusal, may be read by the page that asked."""

    @wraps(hook)
    def answered(request: HttpRequest, *args: Any, **given: Any) -> HttpResponse:
        said = hook(request, *args, **given)
        for name, value in FROM_ANYWHERE.items():
            said.headers[name] = value
        return said

    return answered


@api.api_operation(["OPTIONS"], "/events", auth=None, include_in_schema=False)
@decorate_view(_open_to_pages)
def ask_before(request: HttpRequest) -> HttpResponse:
    """A browser asks whether a page of another origin may send."""
    return HttpResponse(status=204)


@api.post("/events", response={200: Answer, **_REFUSALS}, openapi_extra=_BODY, summary="Tell what happened")
@decorate_view(_open_to_pages)
def post_events(request: HttpRequest) -> HttpResponse:
    """Take one event, or many. The answer comes after they are durably written; the good part of a batch is kept."""
    now = clock.now()
    raws, alone = _raws(body_of(request, BATCH))
    given = key_of(request, pages=True)
    headers = limits.ask(given.token, len(raws), browser=given.browser)
    parcel = intake.read(SOURCE, given.store, raws, now, longest=ONE, browser=given.browser)
    taken = commits.submit(parcel, now) if raws else Taken()
    faults = [fault_of(place, complaint, "" if alone else "events") for place, found in taken.refused for complaint in found]
    if faults and not taken.accepted and not taken.repeated:
        return problem(422, "Nothing could be kept", "Each complaint says where, what, and what was expected.", faults, headers=headers)
    return answer(200, {"accepted": taken.accepted, "repeated": taken.repeated, "refused": faults}, **headers)


@api.get("/vocabulary", response={200: dict[str, Any], 401: Problem, 403: Problem}, summary="Every event with its JSON Schema")
def get_vocabulary(request: HttpRequest) -> dict[str, Any]:
    """The names that are understood here, each with the schema of its properties."""
    key_of(request)
    from afterword.kernel.shapes import json_schema

    return {definition.name: json_schema(definition) for definition in vocabulary}


def _raws(body: bytes) -> tuple[list[bytes], bool]:
    """The events of a body, each as it came, and whether it was one alone."""
    try:
        keys = _ONE.decode(body)
        if "events" in keys:
            return [bytes(raw) for raw in _MANY.decode(body).events], False
        return [body], True
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotJson(fault=str(error)[:200].replace("{", "(").replace("}", ")")) from None


@api.exception_handler(AuthenticationError)
def _stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    refusal = problem(401, "NoKey", str(NoKey()))
    refusal.headers["WWW-Authenticate"] = 'Basic realm="write key"'
    return refusal


@api.exception_handler(Declined)
def _declined(request: HttpRequest, error: Declined) -> HttpResponse:
    return problem(error.status, type(error).__name__, str(error))


@api.exception_handler(Busy)
def _busy(request: HttpRequest, error: Busy) -> HttpResponse:
    return problem(429, "Busy", str(error), headers={"Retry-After": str(RETRY_AFTER)})


@api.exception_handler(TooMany)
def _many(request: HttpRequest, error: TooMany) -> HttpResponse:
    return problem(429, "TooMany", str(error), headers=error.headers)


@api.exception_handler(OperationalError)
def _gone(request: HttpRequest, error: OperationalError) -> HttpResponse:
    return problem(503, "Unavailable", "The database cannot be reached. Try again.", headers={"Retry-After": "5"})


def describe() -> dict[str, Any]:
    """The OpenAPI description, with the bodies that are decoded by hand."""
    schema: dict[str, Any] = api.get_openapi_schema(path_prefix="/api/v1/")
    for model in (EventIn, EventsIn):
        own = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"] |= {**own.pop("$defs", {}), model.__name__: own}
    return schema


def openapi(request: HttpRequest) -> HttpResponse:
    """The description, for machines."""
    return answer(200, describe())
