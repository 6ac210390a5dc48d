"""What every answer carries (a content security policy), who has a session (the team, nobody else), and refusals as pages."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views import defaults

from afterword.loop.accounts.types import NotAllowed, OutOfReach

POLICY = (
    "default-src 'self'; img-src 'self' data: https:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "frame-src 'self'"
)
WITHOUT_SESSION = ("/c/", "/v1/", "/api/", "/hooks/", "/static/")
MACHINES = ("/v1/", "/api/", "/hooks/")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class ContentSecurity:
    """Only our own scripts and styles run, none of them inline. A page that shows foreign HTML sets a stricter policy itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the policy unless the page has set its own."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()")
        return response


class TeamSessions(SessionMiddleware):
    """Sessions for the console. Customers' pages and machines get an empty one that is never stored and sets no cookie."""

    def process_request(self, request: HttpRequest) -> None:
        """Read the session, where there is one."""
        if request.path_info.startswith(WITHOUT_SESSION):
            request.session = self.SessionStore(None)
            # Nothing here is proven by a cookie, so no other site can make a browser prove it: signed links and keys do.
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        else:
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Write the session, where there is one."""
        if request.path_info.startswith(WITHOUT_SESSION):
            response.cookies.pop(settings.CSRF_COOKIE_NAME, None)
            return response
        return super().process_response(request, response)


class WithoutNul:
    """The one character that no database keeps is taken out of what people ask and write; no address of ours has it.

    Machines' bodies are read by the rooms that understand them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The same request, cleaned."""
        if "\x00" in request.path_info:
            return defaults.page_not_found(request, Http404())
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.META.get("QUERY_STRING", ""):
            request.GET = _cleaned(request.GET)  # type: ignore[assignment]
        if request.method == "POST" and request.content_type in FORMS and not request.path_info.startswith(MACHINES):
            request.POST = _cleaned(request.POST)  # type: ignore[assignment]
        return self.get_response(request)


def _cleaned(given: QueryDict) -> QueryDict:
    clean = QueryDict(mutable=True, encoding=given.encoding)
    for name, values in given.lists():
        clean.setlist(name.replace("\x00", ""), [str(value).replace("\x00", "") for value in values])
    clean._mutable = False
    return clean


class Refusals:
    """What is out of reach is answered as if it were not there (404), what one may see but not do openly (403), each by a page of ours.

    So is what a person opens that is only done by pressing a button (405).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do unless a page raises, or would not be asked that way."""
        answer = self.get_response(request)
        if answer.status_code != 405 or answer.content or request.path_info.startswith(MACHINES) or "HX-Request" in request.headers:
            return answer
        page = render(request, "405.html", status=405)
        page.headers["Allow"] = answer.headers.get("Allow", "POST")
        return page

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page for these two refusals; everything else goes on as it was."""
        if isinstance(exception, OutOfReach):
            return defaults.page_not_found(request, exception)
        if isinstance(exception, NotAllowed):
            return render(request, "403.html", {"deed": exception.values.get("deed"), "role": exception.values.get("role")}, status=403)
        return None
