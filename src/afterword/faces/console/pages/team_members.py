"""The team: who is in it, what each role may do, invitations by link; and the audit of what everybody did."""

from __future__ import annotations

import json
from typing import Any, get_args

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from afterword.kernel.errors import Refused
from afterword.loop.accounts import door as accounts
from afterword.loop.accounts.types import AddressTaken, LastOwner, Role

from .. import actions
from ..forms import ROLES, InviteForm, RoleForm
from ..templatetags.console import DEEDS
from .frame import member_of, show, team
from .keys import stores_of
from .notes import not_done, well

PAGE = 50


def deeds() -> list[tuple[Any, list[bool]]]:
    """The table of who may do what, as it is asked: a row a deed, a column a role."""
    return [
        (DEEDS.get(deed, deed.replace("_", " ").capitalize()), [role in accounts.MAY[deed] for role in get_args(Role)])
        for deed in accounts.DEEDS
    ]


@require_safe
@team("see_figures")
def show_team(request: HttpRequest) -> HttpResponse:
    """Everybody, and what each role may do."""
    return _team(request, InviteForm(stores=stores_of(request)))


def _team(request: HttpRequest, form: InviteForm, **fresh: Any) -> HttpResponse:
    people = [
        {
            "member": one,
            "role": ROLES.get(one.role, one.role),
            "stores": None if one.all_stores else [store.name for store in one.stores.all()],
        }
        for one in accounts.members()
    ]
    context = {
        "colleagues": people, "form": form, "section": "team", "deeds": deeds(), "roles": list(ROLES.values()), **fresh,
        "may_change": accounts.may(member_of(request), "manage_team"),
    }  # fmt: skip
    return show(request, "console/settings/team.html", context, title=_("Team"))


@require_POST
@team("manage_team")
def invite(request: HttpRequest) -> HttpResponse:
    """A new member. The link with which they come in goes to them by mail, and is shown once on the page that answers."""
    form = InviteForm(request.POST, stores=stores_of(request))
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = accounts.create_member(given["email"], given["role"], by=member_of(request), name=given["name"], stores=form.chosen())
            link, sent = actions.invite(made, by=member_of(request))
            return _team(request, InviteForm(stores=stores_of(request)), link=link, invited=made.email, sent=sent)
        except AddressTaken as refusal:
            form.add_error("email", str(refusal))
    return _team(request, form)


def _member(id: int) -> accounts.Member:
    found = next((one for one in accounts.members() if one.pk == id), None)
    if found is None:
        raise Http404
    return found


@team("manage_team")
def edit_member(request: HttpRequest, id: int) -> HttpResponse:
    """One member: another role, other stores, a new link, or no access any more."""
    member = _member(id)
    stores = stores_of(request)
    if request.method == "POST":
        form = RoleForm(request.POST, stores=stores)
        if form.is_valid():
            try:
                accounts.change_role(member, form.cleaned_data["role"], by=member_of(request), stores=form.chosen())
                well(request, _("%(who)s is %(role)s now.") % {"who": member.name or member.email, "role": ROLES[member.role]})
                return redirect("console:settings_team")
            except LastOwner as refusal:
                form.add_error("role", str(refusal))
    else:
        kept = [] if member.all_stores else [store.key for store in member.stores.all()]
        form = RoleForm(initial={"role": member.role, "stores": kept}, stores=stores)
    return _one(request, member, form)


def _one(request: HttpRequest, member: accounts.Member, form: RoleForm, **fresh: Any) -> HttpResponse:
    context = {"one": member, "form": form, "section": "team", "self": member.pk == member_of(request).pk, **fresh}
    return show(request, "console/settings/member.html", context, title=member.name or member.email)


@require_POST
@team("manage_team")
def send_link(request: HttpRequest, id: int) -> HttpResponse:
    """A new link for somebody who is there; those before it end."""
    member = _member(id)
    if not member.is_active:
        raise Http404
    kept = [] if member.all_stores else [store.key for store in member.stores.all()]
    form = RoleForm(initial={"role": member.role, "stores": kept}, stores=stores_of(request))
    link, sent = actions.invite(member, by=member_of(request))
    return _one(request, member, form, link=link, sent=sent)


@require_POST
@team("manage_team")
def deactivate(request: HttpRequest, id: int) -> HttpResponse:
    """Access ends at once."""
    member = _member(id)
    try:
        accounts.deactivate_member(member, by=member_of(request))
        well(request, _("%(who)s has no access any more.") % {"who": member.name or member.email})
    except Refused as refusal:
        not_done(request, str(refusal))
    return redirect("console:settings_team")


@require_safe
@team("see_audit")
def show_audit(request: HttpRequest) -> HttpResponse:
    """What the team did, the latest first, a page at a time."""
    given = request.GET.get("before", "")
    found = accounts.audited()
    if given.isdecimal() and len(given) < 15:
        found = found.filter(id__lt=int(given))
    rows = list(found.order_by("-id")[: PAGE + 1])
    lines = [{"row": row, "before": written(row.before), "after": written(row.after)} for row in rows[:PAGE]]
    context = {"rows": lines, "older": rows[PAGE - 1].pk if len(rows) > PAGE else None, "later": bool(given), "section": "audit"}
    return show(request, "console/settings/audit.html", context, title=_("Audit"))


def written(value: Any) -> str:
    """A kept value as text; nothing for nothing."""
    return "" if value is None else json.dumps(value, ensure_ascii=False, indent=1)


urls = [
    path("settings/team/", show_team, name="settings_team"),
    path("settings/team/invite", invite, name="settings_invite"),
    path("settings/team/<int:id>/", edit_member, name="settings_member"),
    path("settings/team/<int:id>/link", send_link, name="settings_member_link"),
    path("settings/team/<int:id>/deactivate", deactivate, name="settings_member_off"),
    path("settings/audit/", show_audit, name="settings_audit"),
]
