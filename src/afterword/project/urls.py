"""Every address: the team's console at `/`, Segment at `/v1`, our own at `/api/v1`, vendors at `/hooks`, customers at `/c`.

A room's `urls.py` is taken up as soon as it exists and names its own prefix where it has several (intake: `v1/`,
`api/v1/`, `hooks/`); the console comes last, because it owns the root.
"""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path

from . import rooms

PLACES = (
    ("", "loop.intake.urls"),
    ("", "faces.api.urls"),
    ("look/", "faces.urls"),
    ("c/", "faces.storefront.urls"),
    ("mailbox/", "faces.mailbox.urls"),
    ("", "faces.console.urls"),
)


def health(request: HttpRequest) -> HttpResponse:
    """For load balancers and the supervisor: 200 while the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return HttpResponse("ok\n", content_type="text/plain")


def favicon(request: HttpRequest) -> HttpResponse:
    """The mark, for browsers that ask for it where no page names one: a mail shown whole, a text, a file."""
    answer = HttpResponseRedirect(static("afterword/mark.svg"))
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer


urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
    path("favicon.ico", favicon, name="favicon"),
    *(path(prefix, include(f"afterword.{module}")) for prefix, module in PLACES if rooms.present(module)),
]
