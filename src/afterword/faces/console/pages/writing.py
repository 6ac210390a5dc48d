"""Writing messages: the list of all texts, new ones, the shop's blocks, and how it wishes to write."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from afterword.kernel.errors import Refused
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.messages import door as messages
from afterword.loop.messages.types import BadKey

from . import blocks, wording
from .frame import member_of, show, team, wanted
from .notes import not_done, well
from .previews import GROUPS

SURVEYS = (("", gettext_lazy("nothing")), ("csat", gettext_lazy("a score of 1 to 5")), ("nps", gettext_lazy("a score of 0 to 10")))
FORMS = ("po", "xliff", "xliff12")
LARGEST = 10_000_000  # bytes
MARKS = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")


@require_safe
@team("edit_messages")
def show_texts(request: HttpRequest) -> HttpResponse:
    """Every message, by its kind: as it ships, changed by the shop, or the shop's own."""
    drafts, kinds = messages.wordings.drafts(), messages.kinds()
    rows = []
    for key in dict.fromkeys([*(one for one in drafts if one not in messages.MESSAGES), *kinds]):
        draft = drafts.get(key)
        category = draft.wording.category if draft else kinds[key].category
        own = key not in messages.MESSAGES
        named = draft.wording.name if draft and draft.wording.name != key else messages.message_name(key)
        rows.append({"key": key, "name": named, "category": category, "draft": draft, "own": own})
    groups = [(words, [row for row in rows if row["category"] == kind]) for kind, words in GROUPS]
    context = {"groups": groups, "blocks": messages.wordings.blocks().values(), "languages": languages()}
    return show(request, "console/writing/list.html", context, title=_("Texts"))


@team("edit_messages")
def begin(request: HttpRequest) -> HttpResponse:
    """A new message of the shop's own, empty or like another."""
    given = {name: request.POST.get(name, "").strip() for name in ("name", "key", "category", "language", "like")}
    context = {
        "given": given, "groups": GROUPS, "languages": languages(), "refused": "",
        "likes": [(key, draft.wording.name) for key, draft in messages.wordings.drafts().items() if key not in messages.MESSAGES],
    }  # fmt: skip
    if request.method != "POST":
        return show(request, "console/writing/new.html", context, title=_("New message"))
    key = given["key"] or _key_from(given["name"])
    try:
        base = messages.wordings.draft(given["like"]).wording if given["like"] else None
        category, language = given["category"] or "service", given["language"] or "en"
        by = member_of(request).email
        messages.write.begin_message(key, given["name"] or key, category, language, at=clock.now(), by=by, base=base)
    except Refused as refusal:
        answer = show(request, "console/writing/new.html", {**context, **_refused(refusal)}, title=_("New message"))
        answer.status_code = 422
        return answer
    accounts.audit(member_of(request), "message begun", key)
    return redirect("console:text", key=key)


def _refused(refusal: Refused) -> dict[str, str]:
    """A refusal for a page: beside the key where it is about the key, above the form otherwise."""
    return {"wrong_key" if isinstance(refusal, BadKey) else "refused": str(refusal)}


def _key_from(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:60]


def languages() -> list[tuple[str, str]]:
    """The languages of the stores first, then the others that Afterword speaks."""
    wished = [language for store in accounts.stores() for language in store.languages]
    return [(code, messages.OWN_NAMES.get(code, code)) for code in dict.fromkeys([*wished, *messages.LOCALES])]


@team("edit_messages")
def edit_block(request: HttpRequest, key: str = "") -> HttpResponse:
    """A block of the shop's own: written, and looked at in a frame of its own."""
    there = messages.wordings.blocks()
    if key and key not in there and key not in messages.shipped_blocks():
        raise Http404
    block = there.get(key)
    source = block.source if block else messages.shipped_blocks().get(key, "")
    context: dict[str, Any] = {"key": key, "name": block.name if block else key, "source": source, "own": block, "refused": ""}
    if request.method == "POST":
        name, source = request.POST.get("name", ""), request.POST.get("source", "")
        made = key or request.POST.get("key", "").strip() or _key_from(name)
        try:
            messages.write.save_block(made, name, source, at=clock.now(), by=member_of(request).email)
        except Refused as refusal:
            given = {"name": name, "given_key": request.POST.get("key", ""), "source": source}
            answer = show(request, "console/writing/block.html", {**context, **given, **_refused(refusal)}, title=_("Block"))
            answer.status_code = 422
            return answer
        accounts.audit(member_of(request), "block kept", made, before={"source": block.source if block else ""}, after={"source": source})
        well(request, _("The block is kept. Messages that include it send the new one once they are published again."))
        return redirect("console:block", key=made)
    return show(request, "console/writing/block.html", context, title=_("Block"))


@require_POST
@team("edit_messages")
def delete_block(request: HttpRequest, key: str) -> HttpResponse:
    """The block goes; what was published keeps it."""
    block = messages.wordings.blocks().get(key)
    if block is None:
        raise Http404
    messages.write.delete_block(key)
    accounts.audit(member_of(request), "block deleted", key, before={"source": block.source})
    well(request, _("The block is gone. Published messages keep the one they have."))
    return redirect("console:texts")


@team("edit_messages")
def set_manners(request: HttpRequest) -> HttpResponse:
    """Words to avoid and to prefer, marks of links, and for how long bodies are kept, for each store."""
    stores = [store for store in accounts.stores() if accounts.may(member_of(request), "edit_messages", store.key)]
    if request.method == "POST":
        store = next((one for one in stores if one.key == request.POST.get("store")), None)
        if store is None:
            raise Http404
        before = messages.wordings.manners(store.key)
        try:
            after = _manners(request)
        except ValueError:
            not_done(request, _("Days are whole numbers from 1 to 3650, or nothing."))
            return redirect("console:manners")
        messages.write.save_manners(store.key, **after)
        accounts.audit(member_of(request), "way of writing changed", store.key, before={"was": str(before)}, after=after)
        well(request, _("Kept. Lint and the links of new messages follow it from now on."))
        return redirect("console:manners")
    rows = [_shown_manners(store) for store in stores]
    return show(request, "console/writing/manners.html", {"rows": rows}, title=_("Words and links"))


def _shown_manners(store: Any) -> dict[str, Any]:
    kept = messages.wordings.manners(store.key)
    return {
        "store": store, "avoided": "\n".join(kept.avoided), "preferred": "\n".join(f"{a} = {b}" for a, b in kept.preferred.items()),
        "marks": [(name, kept.marks.get(name, "")) for name in MARKS],
        "paper": kept.paper, "papers": wording.paper_names(),
        "days": [(kind, words, kept.keep_days.get(kind, "")) for kind, words in GROUPS],
    }  # fmt: skip


def _manners(request: HttpRequest) -> dict[str, Any]:
    pairs = (line.partition("=") for line in request.POST.get("preferred", "").splitlines() if "=" in line)
    days = {kind: request.POST.get(f"days_{kind}", "").strip() for kind, _words in GROUPS}
    if any(given and not (given.isdigit() and 1 <= int(given) <= 3650) for given in days.values()):
        raise ValueError
    return {
        "avoided": [line.strip()[:80] for line in request.POST.get("avoided", "").splitlines() if line.strip()][:200],
        "preferred": {word.strip()[:80]: better.strip()[:80] for word, _eq, better in pairs if word.strip() and better.strip()},
        "marks": {name: request.POST.get(name, "").strip()[:200] for name in MARKS if request.POST.get(name, "").strip()},
        "keep_days": {kind: int(given) for kind, given in days.items() if given},
        "paper": given if (given := request.POST.get("paper", "")) in messages.PAPERS else "off",
    }


@require_safe
@team("edit_messages")
def export(request: HttpRequest) -> HttpResponse:
    """What the shop wrote, as a file for translators."""
    language, form = wanted(request, "language"), wanted(request, "form")
    if form not in FORMS or not messages.is_language(language):
        raise Http404
    try:
        raw = messages.export_texts(language, form)  # type: ignore[arg-type]
    except messages.NotAFile as refusal:
        not_done(request, str(refusal))
        return redirect("console:texts")
    answer = HttpResponse(raw, content_type="text/x-gettext-translation" if form == "po" else "application/xliff+xml")
    answer.headers["Content-Disposition"] = f'attachment; filename="texts-{language}.{"po" if form == "po" else "xlf"}"'
    return answer


@require_POST
@team("edit_messages")
def take_in(request: HttpRequest) -> HttpResponse:
    """A file that came back from translators: what fits is kept as drafts, what does not is named."""
    file, member = request.FILES.get("file"), member_of(request)
    if file is None or (file.size or 0) > LARGEST:
        not_done(request, _("Choose a PO or XLIFF file of at most 10 MB."))
        return redirect("console:texts")
    try:
        done = messages.import_texts(file.read(), at=clock.now(), by=member.email)
    except messages.NotAFile as refusal:
        not_done(request, str(refusal))
        return redirect("console:texts")
    accounts.audit(member, "translations taken in", str(file.name)[:200], after={"messages": list(done.changed), "texts": done.texts})
    well(request, _("%(n)s texts fit; drafts that changed: %(which)s.") % {"n": done.texts, "which": ", ".join(done.changed) or _("none")})
    for fault in done.faults[:20]:
        not_done(request, f"{fault.place}: {fault.fault}.")
    return redirect("console:texts")


urls = [
    path("messages/texts/export", export, name="texts_export"),
    path("messages/texts/import", take_in, name="texts_import"),
    path("messages/texts/", show_texts, name="texts"),
    path("messages/texts/new", begin, name="text_new"),
    path("messages/blocks/new", edit_block, name="block_new"),
    path("messages/blocks/<slug:key>/", edit_block, name="block"),
    path("messages/blocks/<slug:key>/delete", delete_block, name="block_delete"),
    path("messages/words", set_manners, name="manners"),
    *blocks.urls,
    *wording.urls,
]
