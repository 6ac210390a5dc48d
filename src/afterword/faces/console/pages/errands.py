"""What journeys leave to the team, what was given up, and whom they may call."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from afterword.kernel.errors import Refused
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.errands import door as errands
from afterword.loop.journeys import door as journeys

from ..forms import EndpointForm
from .frame import member_of, reach, show, team, wanted
from .notes import well


@require_safe
@team("see_customers")
def show_tasks(request: HttpRequest) -> HttpResponse:
    """What is to be done, or what was done; and what was given up."""
    mine, done = reach(request), wanted(request, "shown") == "done"
    rows = errands.tasks(mine, still_open=not done)
    now, names = clock.now(), accounts.may(member_of(request), "see_contact")
    for row in rows:
        row["customer"], row["number"] = (row["customer"], row["number"]) if names else ("", "")
        row["late"] = bool(row["due_at"] and not done and row["due_at"] < now)
    mends = accounts.may(member_of(request), "replay_quarantine")
    context = {
        "rows": rows, "done": done, "names": journeys.names(), "dead": errands.dead(mine) if mends and not done else [],
        "may": accounts.may(member_of(request), "answer_customers") or accounts.may(member_of(request), "edit_journeys"),
    }  # fmt: skip
    return show(request, "console/errands/tasks.html", context, title=_("Tasks"))


@require_POST
@team("see_customers")
def mark(request: HttpRequest, id: UUID, how: str) -> HttpResponse:
    """Done, or not done after all."""
    if not any(row["id"] == id for row in errands.tasks(reach(request), still_open=how == "done", most=5000)):
        raise Http404
    if how == "done":
        errands.close_task(id, by=member_of(request).name or member_of(request).email, at=clock.now())
        well(request, _("Done. It can be taken back under “done”."))
        return redirect("console:tasks")
    errands.reopen_task(id)
    well(request, _("It is on the list again."))
    return redirect("console:tasks")


@require_POST
@team("replay_quarantine")
def replay(request: HttpRequest) -> HttpResponse:
    """Take up again what was given up, within reach."""
    ids = [row["id"] for row in errands.dead(reach(request), most=5000)]
    count = errands.replay(clock.now(), ids)
    accounts.audit(member_of(request), "errands taken up again", after={"count": count})
    well(request, ngettext("%(n)s is taken up again.", "%(n)s are taken up again.", count) % {"n": count})
    return redirect("console:tasks")


# Endpoints --------------------------------------------------------------------------------------------------------------


@require_safe
@team("manage_keys")
def show_endpoints(request: HttpRequest) -> HttpResponse:
    """Whom journeys may call, and a form for another."""
    return _endpoints(request, EndpointForm())


def _endpoints(request: HttpRequest, form: EndpointForm, fresh: str = "") -> HttpResponse:
    context = {"rows": errands.endpoints(), "form": form, "fresh": fresh, "section": "endpoints"}
    return show(request, "console/settings/endpoints.html", context, title=_("Endpoints"))


@require_POST
@team("manage_keys")
def open_endpoint(request: HttpRequest) -> HttpResponse:
    """A new endpoint, or a new address and secret for a known one; the secret is shown on the page that answers, and never again."""
    form = EndpointForm(request.POST)
    if not form.is_valid():
        return _endpoints(request, form)
    key, url = form.cleaned_data["key"], form.cleaned_data["url"]
    try:
        fresh = errands.open_endpoint(key, url, at=clock.now())
    except Refused as refusal:
        form.add_error("url", str(refusal))
        return _endpoints(request, form)
    accounts.audit(member_of(request), "endpoint opened", after={"endpoint": key, "url": url})
    return _endpoints(request, EndpointForm(), fresh)


@require_POST
@team("manage_keys")
def change_endpoint(request: HttpRequest, key: str, how: str) -> HttpResponse:
    """Call it no more, or sign with the new secret alone."""
    if not any(row["key"] == key for row in errands.endpoints()):
        raise Http404
    if how == "close":
        errands.close_endpoint(key, at=clock.now(), why=str(_("closed by the team")))
        well(request, _("“%(key)s” is called no more.") % {"key": key})
    elif how == "retire":
        errands.retire_former_secret(key)
        well(request, _("“%(key)s” is signed for with its new secret alone.") % {"key": key})
    else:
        raise Http404
    accounts.audit(member_of(request), f"endpoint: {how}", after={"endpoint": key})
    return redirect("console:settings_endpoints")


urls = [
    path("tasks/", show_tasks, name="tasks"),
    path("tasks/replay", replay, name="tasks_replay"),
    path("tasks/<uuid:id>/<slug:how>", mark, name="task_mark"),
    path("settings/endpoints/", show_endpoints, name="settings_endpoints"),
    path("settings/endpoints/new", open_endpoint, name="settings_endpoint_new"),
    path("settings/endpoints/<slug:key>/<slug:how>", change_endpoint, name="settings_endpoint_change"),
]
