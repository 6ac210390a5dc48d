"""What templates of the console may ask: who may what, money as people write it, how long ago, and the question of a page of a list."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from django import template
from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import Message
from django.utils.dateformat import format as date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language as language
from django.utils.translation import gettext, gettext_lazy, ngettext, to_locale

from afterword.faces.queries import waiting_for
from afterword.loop.accounts import door as accounts
from afterword.loop.errands import door as errands
from afterword.loop.intake import door as intake
from afterword.loop.messages import door as messages

from ..rules import word_name as named_word

register = template.Library()
# What each deed is called where people read it; the rules are the accounts room's own table.
DEEDS = {
    "see_figures": gettext_lazy("See figures"), "see_customers": gettext_lazy("See customers and orders"),
    "see_contact": gettext_lazy("See names and addresses"), "edit_customers": gettext_lazy("Change customers"),
    "export_people": gettext_lazy("Export people"), "erase_people": gettext_lazy("Erase people"),
    "edit_journeys": gettext_lazy("Edit journeys, campaigns and segments"), "edit_messages": gettext_lazy("Edit messages"),
    "approve": gettext_lazy("Approve"), "publish": gettext_lazy("Turn journeys on and off, send campaigns"),
    "send_anyway": gettext_lazy("Send a message anyway"), "answer_customers": gettext_lazy("Answer customers"),
    "replay_quarantine": gettext_lazy("Mend the quarantine"), "import_data": gettext_lazy("Import data"),
    "edit_store": gettext_lazy("Change a store"), "manage_keys": gettext_lazy("Make and revoke keys"),
    "manage_team": gettext_lazy("Change the team"), "change_settings": gettext_lazy("Change the company"),
    "stop_sending": gettext_lazy("Stop all sending"), "resume_sending": gettext_lazy("Let messages leave again"),
    "see_audit": gettext_lazy("Read the audit"),
}  # fmt: skip


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], deed: str) -> bool:
    """Whether the member who looks may do this somewhere. Asked once a page."""
    request = context.get("request")
    if request is None or not getattr(request, "user", None):
        return False
    known: dict[str, bool] = request.__dict__.setdefault("_may", {})
    if deed not in known:
        known[deed] = accounts.may(request.user, deed)  # type: ignore[arg-type]
    return known[deed]


@register.simple_tag(takes_context=True)
def store_name(context: dict[str, Any], key: str) -> str:
    """What a store is called; its key where there is none of it any more."""
    names: dict[str, str] = context["store_names"]
    return names.get(key, key)


@register.simple_tag(takes_context=True)
def quarantine_waiting(context: dict[str, Any]) -> int:
    """How many bodies in quarantine wait for somebody, for those who may do something about them."""
    if not may(context, "replay_quarantine"):
        return 0
    stores = accounts.person(context["request"].user).stores
    return intake.waiting(None if stores is None else sorted(stores))


@register.simple_tag(takes_context=True)
def open_tasks(context: dict[str, Any]) -> int:
    """How many tasks are open, and errands given up that this member may take up again."""
    stores = accounts.person(context["request"].user).stores
    found = errands.counts(None if stores is None else sorted(stores))
    return found["tasks"] + (found["dead"] if may(context, "replay_quarantine") else 0)


@register.simple_tag(takes_context=True)
def approvals(context: dict[str, Any]) -> dict[str, Any]:
    """Whether this member has to do with approvals, and how many wait for them: asked by somebody else, where they may approve."""
    if not may(context, "publish"):
        return {"shown": False, "waiting": 0}
    wanted, waiting, _ = accounts.asked_for(context["request"].user)
    others = 0
    if waiting:
        waiting, others = waiting_for(context["request"].user)
    return {"shown": wanted or waiting > 0, "waiting": others if may(context, "approve") else 0}


@register.simple_tag(takes_context=True)
def just_done(context: dict[str, Any]) -> list[Message]:
    """What the last deed of this member led to, told once."""
    request = context.get("request")
    return list(get_messages(request)) if request is not None else []


@register.simple_tag
def money(minor: int | None, currency: str | None) -> str:
    """Minor units as people write them: `82,40 €`. Nothing where it is not known."""
    if minor is None or not currency:
        return ""
    return messages.spoken_money(int(minor), currency, to_locale(language() or "en"))


@register.filter
def deed_name(deed: str) -> str:
    """What a deed is called where people read it: `edit journeys` → `Edit and backtest journeys`."""
    return str(DEEDS.get(str(deed).replace(" ", "_"), str(deed).capitalize()))


@register.filter
def word_name(word: str) -> str:
    """What a text of a message is called."""
    return named_word(word)


@register.filter
def role_name(role: str) -> str:
    """What a role is called."""
    return str(dict(accounts.Member.Role.choices).get(role, role))


@register.filter
def short_id(value: UUID | str | None) -> str:
    """The end of an id, where nothing better names a thing."""
    return str(value)[-6:] if value else ""


@register.filter
def zone_name(zone: str | None) -> str:
    """A time zone as people say it: `Europe/Bucharest` → `Bucharest`, `America/Argentina/Buenos_Aires` → `Buenos Aires`."""
    return str(zone or "").rpartition("/")[2].replace("_", " ")


@register.filter
def in_zone(at: datetime | None, zone: str) -> str:
    """The hour of an instant somewhere else, with the day where it is another one: `14:05`, `Tue 14:05`."""
    if at is None:
        return ""
    there, here = at.astimezone(ZoneInfo(zone)), localtime(at)
    return f"{there:%H:%M}" if there.date() == here.date() else f"{date_format(there, 'D')} {there:%H:%M}"


@register.filter
def length_of_time(gap: timedelta | None) -> str:
    """A length as people say it: `3 days`, `5 hours`."""
    if gap is None:
        return ""
    seconds = abs(int(gap.total_seconds()))
    for size, one, many in ((86400, "%d day", "%d days"), (3600, "%d hour", "%d hours"), (60, "%d minute", "%d minutes")):
        if seconds >= size:
            return ngettext(one, many, seconds // size) % (seconds // size)
    return gettext("less than a minute")


@register.filter
def since(later: datetime, earlier: datetime | None) -> timedelta | None:
    """How long the one is after the other."""
    return later - earlier if earlier else None


@register.filter
def in_words(number: int | None) -> str:
    """A number inside a sentence: small ones as words, large ones with their thousands apart."""
    words = (
        gettext("no"), gettext("one"), gettext("two"), gettext("three"), gettext("four"), gettext("five"), gettext("six"),
        gettext("seven"), gettext("eight"), gettext("nine"), gettext("ten"), gettext("eleven"), gettext("twelve"),
    )  # fmt: skip
    count = int(number or 0)
    return words[count] if 0 <= count < len(words) else f"{count:,}"


@register.filter
def counted(number: int | None) -> str:
    """A number in a list of figures: `40,459`."""
    return f"{int(number or 0):,}"


@register.filter
def country(code: str | None) -> str:
    """A country by its name: `RO` → `Romania`."""
    return str(_locale().territories.get(code or "", code or ""))


@register.filter
def tongue(tag: str | None) -> str:
    """A language by its name: `pt-BR` → `Portuguese`."""
    try:
        return str(Locale.parse(tag, sep="-").get_language_name(_locale()) or tag) if tag else ""
    except (UnknownLocaleError, ValueError):
        return str(tag)


def _locale() -> Locale:
    return Locale.parse(to_locale(language() or "en"))
