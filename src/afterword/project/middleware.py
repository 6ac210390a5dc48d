"""What every answer carries (a content security policy), who has a session (the team, nobody else), and refusals as pages."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.views import defaults

from afterword.loop.accounts.types import NotAllowed, OutOfReach

POLICY = (
    "default-src 'self'; img-src 'self' data: https:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "frame-src 'self'"
)
WITHOUT_SESSION = ("/c/", "/v1/", "/api/", "/hooks/", "/static/")


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


class Refusals:
    """What is out of reach is answered as if it were not there (404), what one may see but not do openly (403)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do unless a page raises."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page for these two refusals; everything else goes on as it was."""
        if isinstance(exception, OutOfReach):
            return defaults.page_not_found(request, exception)
        if isinstance(exception, NotAllowed):
            return defaults.permission_denied(request, exception)
        return None
