"""Writing a campaign on one page: what, to whom, when, and what is tried out. Checked at its fields, kept as a draft."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from afterword.kernel.errors import Refused
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.campaigns import door as campaigns
from afterword.loop.channels import door as channels
from afterword.loop.messages import door as messages
from afterword.loop.segments import door as segments

from .frame import member_of, reach, show, team
from .notes import not_done, well

KIND_NAMES = {
    "offer": gettext_lazy("Offer"), "announcement": gettext_lazy("Announcement"), "invitation": gettext_lazy("Invitation to an event"),
    "product_update": gettext_lazy("Product update"), "incident": gettext_lazy("Incident notice"),
}  # fmt: skip
METRIC_NAMES = {
    "clicked": gettext_lazy("People who followed a link"), "bought": gettext_lazy("People who bought"),
    "answered": gettext_lazy("People who answered"),
}  # fmt: skip
CLASSES = {
    "marketing": gettext_lazy("Marketing"), "service": gettext_lazy("Service"), "transactional": gettext_lazy("About the order"),
}  # fmt: skip
MOMENT = "%Y-%m-%dT%H:%M"
INSTANTS = ("at", "event_at", "event_until")


def _choices(names: dict[str, Any]) -> list[tuple[str, Any]]:
    return list(names.items())


def _moment(label: Any, hint: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    return forms.DateTimeField(label=label, help_text=hint, required=False, input_formats=[MOMENT], widget=widget)


def _percent(label: Any, hint: Any, least: float, most: float, first: float) -> forms.FloatField:
    return forms.FloatField(label=label, help_text=hint, min_value=least, max_value=most, initial=first)


class CampaignForm(forms.Form):
    """A campaign as a person fills it in: shares in percent, instants in the store's time."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    about = forms.CharField(label=gettext_lazy("What it is for"), max_length=300, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=_choices(KIND_NAMES), initial="offer")
    store = forms.ChoiceField(label=gettext_lazy("Store"))
    message = forms.ChoiceField(label=gettext_lazy("Message"))
    message_2 = forms.ChoiceField(label=gettext_lazy("Against"), required=False)
    message_3 = forms.ChoiceField(label=gettext_lazy("And"), required=False)
    message_4 = forms.ChoiceField(label=gettext_lazy("And"), required=False)
    event_at = _moment(gettext_lazy("When the event is"), gettext_lazy("Nothing of it goes out after that."))
    event_until = _moment(gettext_lazy("When it ends"), gettext_lazy("Two hours later where nothing is said."))
    event_title = forms.CharField(
        label=gettext_lazy("What it is called"), max_length=120, required=False,
        help_text=gettext_lazy("As it stands in people’s calendars; the name of the campaign where nothing is said."),
    )  # fmt: skip
    place = forms.CharField(label=gettext_lazy("Where it is"), max_length=200, required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), initial="email", required=False)
    segment = forms.ChoiceField(label=gettext_lazy("Segment"))
    holdout = _percent(
        gettext_lazy("Left alone, %"), gettext_lazy("Drawn by lot, so that it can be told what the campaign did."), 0, 50, 0
    )  # fmt: skip
    timing = forms.ChoiceField(
        label=gettext_lazy("When"), initial="now", widget=forms.RadioSelect,
        choices=[
            ("now", gettext_lazy("At once")), ("at", gettext_lazy("At a day and hour")),
            ("local", gettext_lazy("At an hour of the day, where each person is")),
        ],
    )  # fmt: skip
    at = _moment(gettext_lazy("Day and hour"), gettext_lazy("In the store’s time."))
    day = forms.DateField(label=gettext_lazy("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    hour = forms.TimeField(label=gettext_lazy("Hour"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    late = forms.ChoiceField(
        label=gettext_lazy("Where that hour has passed"), initial="next_day",
        choices=[("next_day", gettext_lazy("the next day, at that hour")), ("at_once", gettext_lazy("at once"))],
    )  # fmt: skip
    per_minute = forms.IntegerField(
        label=gettext_lazy("Messages a minute"), min_value=0, max_value=100_000, initial=0,
        help_text=gettext_lazy("0 is as fast as it goes. A pace leaves time to stop."),
    )  # fmt: skip
    useful_hours = forms.IntegerField(
        label=gettext_lazy("Of use for, hours"), min_value=1, max_value=720, initial=72,
        help_text=gettext_lazy("Whoever is kept waiting longer does not get it any more."),
    )  # fmt: skip
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"), coerce=int, initial=1,
        choices=[(0, gettext_lazy("high")), (1, gettext_lazy("normal")), (2, gettext_lazy("low"))],
    )  # fmt: skip
    test_share = _percent(gettext_lazy("Of the people take part in the test, %"), gettext_lazy("The rest gets the winner."), 1, 100, 20)
    metric = forms.ChoiceField(label=gettext_lazy("What counts"), choices=_choices(METRIC_NAMES), initial="clicked")
    within_days = forms.IntegerField(label=gettext_lazy("Within, days"), min_value=1, max_value=60, initial=3)
    rule = forms.ChoiceField(
        label=gettext_lazy("When it is decided"), initial="fixed",
        choices=[
            ("fixed", gettext_lazy("once, when everybody’s time is over")),
            ("always_valid", gettext_lazy("as soon as it can be told, looking all the time")),
        ],
    )  # fmt: skip
    base = _percent(gettext_lazy("Expected, %"), gettext_lazy("How many in a hundred do it, about."), 0.01, 99, 3)
    smallest = _percent(gettext_lazy("Smallest difference worth telling, in points"), "", 0.01, 90, 1)
    winner = forms.ChoiceField(
        label=gettext_lazy("The winner goes to the rest"), initial="auto",
        choices=[("auto", gettext_lazy("by itself")), ("by_hand", gettext_lazy("when one of us says so"))],
    )  # fmt: skip
    unclear = forms.ChoiceField(
        label=gettext_lazy("If no difference can be told"), initial="first",
        choices=[("first", gettext_lazy("the first message goes to the rest")), ("wait", gettext_lazy("the rest waits for one of us"))],
    )  # fmt: skip
    live = forms.ChoiceField(
        label=gettext_lazy("Whom it reaches"), initial="no", widget=forms.RadioSelect,
        choices=[("no", gettext_lazy("The mailbox here: a rehearsal")), ("yes", gettext_lazy("Customers"))],
    )  # fmt: skip

    def __init__(self, *given: Any, stores: list[str] | None, **more: Any) -> None:
        super().__init__(*given, **more)
        within = [(store.key, store.name) for store in accounts.stores() if stores is None or store.key in stores]
        sayable = by_class()
        self.fields["store"].choices = within  # type: ignore[attr-defined]
        self.fields["segment"].choices = list(dict(segments.names()).items())  # type: ignore[attr-defined]
        self.fields["message"].choices = sayable  # type: ignore[attr-defined]
        for name in ("message_2", "message_3", "message_4"):
            self.fields[name].choices = [("", _("nothing")), *sayable]  # type: ignore[attr-defined]
        self.fields["channel"].choices = carried()  # type: ignore[attr-defined]
        self.fields["store"].initial = within[0][0] if within else ""

    def plan(self) -> campaigns.Plan:
        """What was filled in, as a plan."""
        given = self.cleaned_data
        zone = ZoneInfo(accounts.store(given["store"]).zone)
        tried = [given[name] for name in ("message", "message_2", "message_3", "message_4") if given[name]]
        shares: dict[str, Any] = {name: (given[name] or 0) / 100 for name in ("holdout", "test_share", "base", "smallest")}
        words = ("kind", "store", "segment", "timing", "late", "metric", "rule", "winner", "unclear", "place", "event_title", "channel")
        plain = {name: given[name] for name in words} | {"channel": given["channel"] or "email"}
        counts = {name: given[name] for name in ("per_minute", "useful_hours", "priority", "within_days")}
        return campaigns.Plan(
            **plain, **counts, **shares, messages=tuple(tried), live=given["live"] == "yes",
            at=_written(given["at"], zone), event_at=_written(given["event_at"], zone), event_until=_written(given["event_until"], zone),
            day=given["day"].isoformat() if given["day"] else "", hour=given["hour"].strftime("%H:%M") if given["hour"] else "",
        )  # fmt: skip


def carried() -> list[tuple[str, Any]]:
    """The channels that a campaign may go by: mail, those that somebody carries, and what each person prefers."""
    there = {way.channel for way in channels.ways()} - {"email"}
    named = [(key, name) for key, name in channels.CHANNELS.items() if key in there]
    return [("email", channels.CHANNELS["email"]), *named, (channels.ANY_CHANNEL, _("What each person prefers"))]


def by_class() -> list[tuple[Any, list[tuple[str, str]]]]:
    """Every message by its class, first what is most often said to many."""
    found: dict[str, list[tuple[str, str]]] = {kind: [] for kind in CLASSES}
    own, kinds = messages.wordings.names(), messages.kinds()
    for key in campaigns.sayable():
        found[kinds[key].category].append((key, own.get(key) or messages.message_name(key)))
    return [(CLASSES[kind], keys) for kind, keys in found.items() if keys]


def called(message: str) -> str:
    """What a message is called: by the shop where it has a name of its own."""
    return messages.called([message])[message]


def _written(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.replace(tzinfo=zone).isoformat() if moment else ""


def filled(row: campaigns.Campaign) -> dict[str, Any]:
    """A campaign as the form shows it."""
    plan, zone = campaigns.Plan.of(row.plan), ZoneInfo(accounts.store(row.store).zone)
    tried = dict(zip(("message", "message_2", "message_3", "message_4"), plan.messages, strict=False))
    shares = {name: f"{round(100 * getattr(plan, name), 4):g}" for name in ("holdout", "test_share", "base", "smallest")}
    instants = {
        name: datetime.fromisoformat(text).astimezone(zone).strftime(MOMENT)
        for name in INSTANTS if (text := getattr(plan, name))
    }  # fmt: skip
    return {**plan.plain(), "name": row.name, "about": row.about, "live": "yes" if plan.live else "no", **tried, **shares,
            **dict.fromkeys(INSTANTS, ""), **instants}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@team("edit_journeys")
def new(request: HttpRequest) -> HttpResponse:
    """An empty form, or the first draft of a campaign."""
    first = {"segment": request.GET.get("segment", "")} if request.GET.get("segment") else None
    form = CampaignForm(request.POST or None, stores=reach(request), initial=first)
    if request.method == "POST" and (key := kept(request, form, "")):
        return redirect("console:campaign", key=key)
    return shown(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@team("edit_journeys")
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """The form of a draft."""
    row = within(request, key)
    if row.state != "draft":
        not_done(request, _("It has started, and its plan stands. Make a copy of it to change something."))
        return redirect("console:campaign", key=key)
    form = CampaignForm(request.POST or None, stores=reach(request), initial=filled(row))
    if request.method == "POST" and kept(request, form, key):
        return redirect("console:campaign", key=key)
    return shown(request, form, row)


def kept(request: HttpRequest, form: CampaignForm, key: str) -> str:
    """The key of the draft, once it is kept; what is wrong stands at its field."""
    if not form.is_valid():
        return ""
    plan, name = form.plan(), form.cleaned_data["name"]
    accounts.need(member_of(request), "edit_journeys", plan.store)
    key = key or campaigns.free_key(name)
    try:
        campaigns.keep(key, name=name, plan=plan, about=form.cleaned_data["about"], at=clock.now(), by=member_of(request).email)
    except campaigns.BadCampaign as refusal:
        field = str(refusal.values["field"])
        form.add_error(field if field in form.fields else None, str(refusal.values["fault"]))
        return ""
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return ""
    accounts.audit(member_of(request), "campaign kept", key, after=plan.plain())
    well(request, _("“%(name)s” is kept. Look at who would get it, then start it.") % {"name": name})
    return key


def shown(request: HttpRequest, form: CampaignForm, row: campaigns.Campaign | None) -> HttpResponse:
    """The page with the form."""
    tests = any(form[name].value() for name in ("message_2", "message_3", "message_4"))
    context = {"form": form, "campaign": row, "tests": tests, "grounds": [
        (KIND_NAMES[kind.key], kind.category, kind.ground) for kind in campaigns.KINDS.values()
    ], "no_segments": not segments.names()}  # fmt: skip
    return show(request, "console/campaigns/edit.html", context, title=row.name if row else _("New campaign"))


def within(request: HttpRequest, key: str) -> campaigns.Campaign:
    """The campaign of an address within reach, or a page that says there is none."""
    try:
        return campaigns.one(key, reach(request))
    except campaigns.NoSuchCampaign as missing:
        raise Http404 from missing


@require_POST
@team("edit_journeys")
def copy(request: HttpRequest, key: str) -> HttpResponse:
    """The same again, as a draft that rehearses."""
    row = within(request, key)
    accounts.need(member_of(request), "edit_journeys", row.store)
    try:
        made = campaigns.copy(key, name=row.name, at=clock.now(), by=member_of(request).email)
    except Refused as refusal:
        not_done(request, str(refusal))
        return redirect("console:campaign", key=key)
    accounts.audit(member_of(request), "campaign copied", made.key, before={"from": key})
    return redirect("console:campaign_edit", key=made.key)


@require_POST
@team("edit_journeys")
def throw_away(request: HttpRequest, key: str) -> HttpResponse:
    """Delete a draft."""
    row = within(request, key)
    accounts.need(member_of(request), "edit_journeys", row.store)
    try:
        campaigns.throw_away(key)
    except Refused as refusal:
        not_done(request, str(refusal))
        return redirect("console:campaign", key=key)
    accounts.audit(member_of(request), "campaign deleted", key, before=row.plan)
    well(request, _("“%(name)s” is gone.") % {"name": row.name})
    return redirect("console:campaigns")


urls = [
    path("campaigns/new/", new, name="campaign_new"),
    path("campaigns/<slug:key>/edit/", edit, name="campaign_edit"),
    path("campaigns/<slug:key>/copy", copy, name="campaign_copy"),
    path("campaigns/<slug:key>/delete", throw_away, name="campaign_delete"),
]
