"""The editor of one message: its text beside how it reads, for a real customer or an awkward one, and what lint finds in it.

The whole text travels with every request of the form, so what is looked at is what stands in the window, kept or not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from afterword.kernel.errors import Failed, Refused
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.customers import door as customers
from afterword.loop.journeys import door as journeys
from afterword.loop.messages import door as messages

from .frame import member_of, reach, show, team, wanted
from .journey import difference
from .letters import framed
from .notes import not_done, well

_LIGHT = re.compile(r"@media\s*\(\s*prefers-color-scheme:\s*dark\s*\)")
PARTS = ("subject", "preheader", "body", "text", "short")


@dataclass(frozen=True)
class Tab:
    """One language of a message as the form shows it."""

    locale: str
    name: str
    subject: str
    preheader: str
    body: str
    text: str
    short: str
    words: list[tuple[str, str, str]]  # key, what it says, what ships
    own: list[tuple[str, str, list[tuple[str, str]]]]  # texts by key of its own: key, what it says; or its forms, by the names of CLDR


def draft_of(key: str) -> messages.wordings.Draft:
    """The draft of a message, or a page that says there is none."""
    try:
        return messages.wordings.draft(key)
    except Refused as missing:
        raise Http404 from missing


def written(request: HttpRequest, wording: messages.Wording) -> messages.Wording:
    """The message as it stands in the form. Raises Refused where it is no message."""
    given, form = messages.document(wording), {name: str(value) for name, value in request.POST.items()}
    given |= {name: form[name].strip() for name in ("name", "ground", "survey", "copy_to", "paper", "products") if name in form}
    if "name" in form:
        given["ways"] = [one.strip() for one in form.get("ways", "").split(",") if one.strip()]
        given |= {"review": form.get("review") == "on", "dated": form.get("dated") == "on"}
        given["marks"] = {name[4:]: value.strip() for name, value in form.items() if name.startswith("utm:") and value.strip()}
    variants = _variants(form, wording)
    if variants:
        others = {} if form.get("all") else {one: text for one, text in given["variants"].items() if one not in variants}
        given["variants"] = {**others, **variants}
    return messages.of_document(given)


def _variants(form: dict[str, str], wording: messages.Wording) -> dict[str, Any]:
    """The languages in the form: `v:ro:subject` is a part, `w:ro:@.lead` a word; what is as it ships is left out."""
    variants: dict[str, Any] = {}
    for field, value in form.items():
        kind, _colon, rest = field.partition(":")
        locale, _colon, part = rest.partition(":")
        if kind == "v" and part in PARTS:
            variants.setdefault(locale, {})[part] = value
        elif kind == "w":
            words = variants.setdefault(locale, {}).setdefault("words", {})
            if value.strip() and value.replace("\r\n", "\n") != shipped_text(wording.key, locale, part):
                words[part] = value
        elif kind == "f":  # `f:uk:@.things:few` is one form of a word
            word, _colon, tag = part.rpartition(":")
            forms = variants.setdefault(locale, {}).setdefault("words", {}).setdefault(word, {})
            if isinstance(forms, dict):
                forms[tag] = value
        elif kind == "n" and value.strip() and (text := form.get(f"t:{locale}", "")).strip():  # begun just now, with forms if it counts
            word = f"@.{value.strip().removeprefix('@.')}"
            variants.setdefault(locale, {}).setdefault("words", {})[word] = {"other": text} if form.get(f"c:{locale}") else text
    every = variants.get(messages.EVERY)
    if wording.ships and every and _same(every.get("body", ""), messages.shipped_source(wording.key)):
        every["body"] = ""
    return variants


def _same(one: str, other: str) -> bool:
    return one.replace("\r\n", "\n").strip() == other.strip()


def shipped_text(key: str, locale: str, word: str) -> str:
    """What ships for a word such as `@.lead`; empty where nothing does, or it has plural forms."""
    found = messages.catalogue(messages.known(locale)).texts.get(word.replace("@.", f"{key}.", 1), "")
    return found if isinstance(found, str) else ""


def tabs(wording: messages.Wording) -> list[Tab]:
    """The languages to write in: for what ships those that ship, and for all of them together."""
    codes = [messages.EVERY, *messages.LOCALES, *wording.variants] if wording.ships else list(wording.variants)
    return [_tab(wording, code) for code in dict.fromkeys(codes)]


def _tab(wording: messages.Wording, locale: str) -> Tab:
    variant = wording.variants.get(locale) or messages.Variant()
    name = _("All languages") if locale == messages.EVERY else messages.OWN_NAMES.get(locale, locale)
    body = variant.body
    if wording.ships and locale == messages.EVERY and not body:
        body = messages.shipped_source(wording.key)
    words = []
    if wording.ships and locale != messages.EVERY:
        texts = messages.catalogue(messages.known(locale)).texts
        for full in (one for one in texts if one.startswith(f"{wording.key}.") and isinstance(texts[one], str)):
            word = f"@.{full.removeprefix(wording.key + '.')}"
            own = variant.words.get(word)
            words.append((word, own if isinstance(own, str) else str(texts[full]), str(texts[full])))
    by_key = _own_words(wording, locale, {word for word, _, _ in words})
    return Tab(locale, name, variant.subject, variant.preheader, body, variant.text, variant.short, words, by_key)


def _own_words(wording: messages.Wording, locale: str, shown: set[str]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Texts by key that do not ship, of all languages, as this one says them; what counts in any, in the forms of this one."""
    here = (wording.variants.get(locale) or messages.Variant()).words
    keys = sorted({key for variant in wording.variants.values() for key in variant.words} - shown)
    rows: list[tuple[str, str, list[tuple[str, str]]]] = []
    for key in keys:
        text = here.get(key, "")
        counts = any(isinstance(variant.words.get(key), tuple) for variant in wording.variants.values())
        said = dict(zip(messages.plural_tags(locale), text, strict=False)) if isinstance(text, tuple) else {"other": text}
        forms = [(tag, said.get(tag, "")) for tag in messages.plural_tags(locale)] if counts else []
        rows.append((key, text if isinstance(text, str) else "", forms))
    return rows


@require_safe
@team("edit_messages")
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """The editor."""
    draft = draft_of(key)
    return _editor(request, draft.wording, draft)


def _editor(
    request: HttpRequest, wording: messages.Wording, draft: messages.wordings.Draft, *, refused: str = "", theirs: Any = None
) -> HttpResponse:
    shown = tabs(wording)
    wished = wanted(request, "language") or _first_language(wording)
    here = next((tab.locale for tab in shown if tab.locale == wished), shown[0].locale)
    context = {
        "key": wording.key, "wording": wording, "draft": draft, "tabs": shown, "here": here, "base": draft.mark, "refused": refused,
        "title": wording.name if wording.name != wording.key else messages.message_name(wording.key), "theirs": theirs,
        "grounds": messages.GROUNDS[wording.category], "more": [one for one in _languages() if one[0] not in {tab.locale for tab in shown}],
        "examples": messages.OFFERED, "variables": messages.VARIABLES, "blocks": _blocks(), "sends": _senders(wording.key),
        "utm": [(name, wording.marks.get(name, "")) for name in ("utm_source", "utm_medium", "utm_campaign")],
        "sources": [("", _("the best there is")), *((one.name, one.title) for one in messages.product_sources())],
        "papers": [("", _("as the store wishes")), *paper_names()],
        "latest": messages.listing.latest_order(reach(request)), "sees": accounts.may(member_of(request), "see_contact"),
    }  # fmt: skip
    answer = show(request, "console/writing/edit.html", context, title=str(context["title"]))
    answer.status_code = 200 if not refused else 409 if theirs is not None else 422
    return answer


def paper_names() -> list[tuple[str, str]]:
    """What may travel with a message, by its word."""
    said = (_("no paper"), _("a summary of the order, as PDF"), _("the shop’s own invoice, else a summary"))
    return list(zip(messages.PAPERS, said, strict=True))


def _first_language(wording: messages.Wording) -> str:
    stores = accounts.stores()
    return messages.nearest(stores[0].languages if stores else (), wording.languages)


def _languages() -> list[tuple[str, str]]:
    wished = [language for store in accounts.stores() for language in store.languages]
    codes = dict.fromkeys([*wished, *messages.LOCALES])
    return [(messages.EVERY, _("All languages")), *((code, messages.OWN_NAMES.get(code, code)) for code in codes)]


def _blocks() -> list[tuple[str, str]]:
    own = [(key, block.name) for key, block in messages.wordings.blocks().items()]
    return [*own, *((key, messages.message_name(key)) for key in messages.shipped_blocks() if key != "head" and key not in dict(own))]


def _senders(key: str) -> list[tuple[str, str]]:
    """Journeys whose draft or live version sends this message, by key and name."""
    return list(journeys.sending(key).items())


@require_POST
@team("edit_messages")
def save(request: HttpRequest, key: str) -> HttpResponse:
    """Keep the draft. The editor asks so by itself every few seconds; without scripts it is the form's button."""
    draft = draft_of(key)
    alone = request.headers.get("Accept", "").startswith("application/json")
    try:
        mine, by = messages.document(written(request, draft.wording)), member_of(request).email
        kept = messages.write.save_message(mine, base=request.POST.get("base", ""), at=clock.now(), by=by)
    except messages.DraftMovedOn as refusal:
        if alone:
            return JsonResponse({"said": str(refusal), "moved": True}, status=409)
        ours = written(request, draft.wording)
        theirs = difference(messages.sheet(draft.wording), messages.sheet(ours))
        return _editor(request, ours, draft, refused=str(refusal), theirs=theirs)
    except Refused as refusal:
        if alone:
            return JsonResponse({"said": str(refusal)}, status=422)
        return _editor(request, draft.wording, draft, refused=str(refusal))
    if alone:
        return JsonResponse({"base": kept.mark})
    well(request, _("The draft is kept. Nothing is sent differently until it is published."))
    if begun := _unsaid(request):
        not_done(request, _("“%(word)s” was not added: write its text beside it.") % {"word": begun})
    return redirect(f"/messages/texts/{key}/?language={request.POST.get('language', '')}")


def _unsaid(request: HttpRequest) -> str:
    """The first new key that came without a text; empty where each has one."""
    fields = ((name.partition(":")[2], str(value).strip()) for name, value in request.POST.items() if name.startswith("n:"))
    return next((word for locale, word in fields if word and not request.POST.get(f"t:{locale}", "").strip()), "")


def _looked_at(request: HttpRequest, key: str) -> tuple[messages.Wording, str, messages.trying.Who]:
    """What stands in the form, in which language it is looked at, and for whom."""
    wording = written(request, draft_of(key).wording)
    locale = request.POST.get("language", "")
    if locale == messages.EVERY or not (locale and messages.is_language(locale)):
        locale = _first_language(wording)
    return wording, locale, messages.trying.who(request.POST.get("who", ""), reach(request))


@require_POST
@team("edit_messages")
def look(request: HttpRequest, key: str) -> HttpResponse:
    """The part beside the text: subject and preheader as they read, the words alone, what lint finds."""
    named = accounts.may(member_of(request), "see_contact")
    context: dict[str, Any] = {"key": key, "fault": "", "made": None, "found": ()}
    try:
        wording, locale, who = _looked_at(request, key)
        context |= {"locale": locale, "found": messages.trying.found(wording, clock.now())}
        made = messages.trying.shown(wording, locale, who, clock.now(), named=named)
        few, segments = messages.trying.short(wording, locale, who, clock.now(), named=named)
        context |= {"made": made, "size": len(made.html.encode()), "few": few, "segments": segments}
    except Refused as refusal:
        context["fault"] = str(refusal)
    context["counted"] = {level: sum(one.level == level for one in context["found"]) for level in ("error", "warning", "hint")}
    return show(request, "console/writing/look.html", context, title="")


@require_POST
@team("edit_messages")
def look_html(request: HttpRequest, key: str) -> HttpResponse:
    """The mail itself, for the frame beside the text: nothing runs in it."""
    named = accounts.may(member_of(request), "see_contact")
    try:
        wording, locale, who = _looked_at(request, key)
        made = messages.trying.shown(wording, locale, who, clock.now(), named=named)
        html = messages.with_pictures(made.html, made.enclosed)
    except Refused as refusal:
        answer = show(request, "console/writing/fault.html", {"fault": str(refusal)}, title="")
        return framed(answer.content.decode())
    light = request.POST.get("light", "")
    return framed(_LIGHT.sub("@media all" if light == "dark" else "@media not all", html) if light in ("dark", "light") else html)


@require_POST
@team("see_contact")
def look_paper(request: HttpRequest, key: str) -> HttpResponse:
    """The summary that would travel with it, as PDF, for whom the mail is shown."""
    try:
        wording, locale, who = _looked_at(request, key)
        raw = messages.trying.paper(wording, locale, who, clock.now())
    except Refused as refusal:
        not_done(request, str(refusal))
        return redirect("console:text", key=key)
    answer = HttpResponse(raw, content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="summary.pdf"'
    return answer


@require_safe
@team("see_contact")
def seek(request: HttpRequest, key: str) -> HttpResponse:
    """Orders of somebody, or with a number, to show the message for."""
    words = wanted(request, "q", most=100)
    people = [row.id for row in customers.search(words)[:20]] if len(words) > 1 else []
    found = messages.trying.sought(words, people, reach(request)) if words else []
    return show(request, "console/writing/sought.html", {"found": found, "words": words, "key": key}, title="")


@require_POST
@team("publish")
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """What the draft says is sent from now on; not while anything in it is an error."""
    draft, member = draft_of(key), member_of(request)
    accounts.need(member, "edit_messages")
    wrong = [one for one in messages.trying.found(draft.wording, clock.now()) if one.level == "error"]
    if wrong:
        not_done(request, _("It is not published: %(what)s.") % {"what": "; ".join(dict.fromkeys(one.said for one in wrong))})
        return redirect("console:text", key=key)
    try:
        live = messages.write.publish_message(key, base=request.POST.get("base", ""), at=clock.now(), by=member.email)
    except Refused as refusal:
        not_done(request, str(refusal))
        return redirect("console:text", key=key)
    accounts.audit(member, "message published", key, after={"revision": live.number})
    if live.number:
        well(request, _("Revision %(n)s is what is sent from now on.") % {"n": live.number})
    else:
        well(request, _("It is sent as it ships."))
    return redirect("console:text", key=key)


@require_POST
@team("edit_messages")
def go_back(request: HttpRequest, key: str) -> HttpResponse:
    """An older revision, or what ships, becomes the draft."""
    number = request.POST.get("number", "")
    before = draft_of(key).wording
    try:
        messages.write.go_back(key, int(number) if number.isdigit() else None, at=clock.now(), by=member_of(request).email)
    except Refused as refusal:
        not_done(request, str(refusal))
        return redirect("console:text", key=key)
    accounts.audit(
        member_of(request), "message taken back", key, before={"text": messages.sheet(before)}, after={"revision": number or "ships"}
    )
    well(request, _("It is the draft now. Look at it, then publish it."))
    return redirect("console:text", key=key)


@require_safe
@team("edit_messages")
def show_revisions(request: HttpRequest, key: str) -> HttpResponse:
    """What the message said over time, each beside the one before it; the first of what ships beside that."""
    draft = draft_of(key)
    kept = messages.wordings.revisions(key)
    told = [(row.number, row.published_at, row.published_by, messages.wordings.revision(key, row.number)) for row in kept]
    before = [wording for *_row, wording in told[1:]] + [messages.wordings.as_shipped(key) if draft.wording.ships else None]
    rows = [
        {"number": number, "at": at, "by": by, "lines": difference(messages.sheet(was) if was else "", messages.sheet(wording))}
        for (number, at, by, wording), was in zip(told, before, strict=False)
    ]  # fmt: skip
    live = draft.live or (messages.wordings.as_shipped(key) if draft.wording.ships else None)
    changes = difference(messages.sheet(live) if live else "", messages.sheet(messages.wordings.with_blocks(draft.wording)))
    context = {"key": key, "rows": rows, "draft": draft, "changes": changes, "live": draft.live, "title": messages.message_name(key)}
    return show(request, "console/writing/revisions.html", context, title=_("Revisions"))


@require_POST
@team("edit_messages")
def try_on(request: HttpRequest, key: str) -> HttpResponse:
    """Send it to oneself, as it stands in the window."""
    member = member_of(request)
    named = accounts.may(member, "see_contact")
    try:
        wording, locale, who = _looked_at(request, key)
        made = messages.trying.shown(wording, locale, who, clock.now(), named=named)
        outcome = messages.try_on(member.email, member.name, made, mark=_("[Test]"), language=locale)
    except (Refused, Failed) as fault:
        return JsonResponse({"said": str(fault)}, status=422)
    if outcome.result != "accepted":
        return JsonResponse({"said": outcome.said or outcome.word}, status=422)
    where = _("to you") if messages.carries() else _("to the mailbox: no mail server is set")
    return JsonResponse({"said": _("Sent %(where)s, at %(address)s.") % {"where": where, "address": member.email}})


urls = [
    path("messages/texts/<slug:key>/", edit, name="text"),
    path("messages/texts/<slug:key>/save", save, name="text_save"),
    path("messages/texts/<slug:key>/look", look, name="text_look"),
    path("messages/texts/<slug:key>/html", look_html, name="text_html"),
    path("messages/texts/<slug:key>/paper", look_paper, name="text_paper"),
    path("messages/texts/<slug:key>/people", seek, name="text_people"),
    path("messages/texts/<slug:key>/publish", publish, name="text_publish"),
    path("messages/texts/<slug:key>/back", go_back, name="text_back"),
    path("messages/texts/<slug:key>/revisions", show_revisions, name="text_revisions"),
    path("messages/texts/<slug:key>/try", try_on, name="text_try"),
]
