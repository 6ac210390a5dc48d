"""The gallery of blocks: every piece that messages can include, as a customer would see it, those of the shop first."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from afterword.kernel.errors import Refused
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.messages import door as messages

from .frame import show, team, wanted
from .letters import framed

# A block that says words of its message is shown with those of one that includes it.
SAID_BY = {"score_csat": "csat", "score_nps": "nps", "review": "review_request", "reorder": "reorder_reminder", "shop": "win_back",
           "tracking": "shipping_notice", "more": "win_back"}  # fmt: skip
WHOLE = """<mjml lang="{{{{ locale }}}}" dir="{{{{ direction }}}}"><mj-include path="head"/>
<mj-body width="600px" css-class="page" background-color="#fbfaf8"><mj-include path="{}"/></mj-body></mjml>"""


@require_safe
@team("edit_messages")
def show_blocks(request: HttpRequest) -> HttpResponse:
    """All blocks, each looked at in a frame of its own."""
    own = messages.wordings.blocks()
    rows = [{"key": key, "name": block.name, "own": True} for key, block in own.items()]
    rows += [
        {"key": key, "name": messages.message_name(key), "own": False}
        for key in messages.shipped_blocks()
        if key != "head" and key not in own
    ]
    return show(request, "console/writing/blocks.html", {"rows": rows}, title=_("Blocks"))


@require_safe
@team("edit_messages")
def look_at_block(request: HttpRequest, key: str) -> HttpResponse:
    """One block for a made-up customer, in the first language of the first store or the one that is asked for."""
    if key not in messages.wordings.blocks() and key not in messages.shipped_blocks():
        raise Http404
    stores = accounts.stores()
    language = wanted(request, "language") or (stores[0].languages[0] if stores else "en")
    message = SAID_BY.get(key, "order_confirmation")
    given = messages.document(messages.wordings.as_shipped(message)) | {"variants": {messages.EVERY: {"body": WHOLE.format(key)}}}
    try:
        wording = messages.of_document(given)
        locale = messages.nearest([language], wording.languages)
        made = messages.trying.shown(wording, locale, messages.trying.Who(), clock.now())
    except Refused as refusal:
        answer = show(request, "console/writing/fault.html", {"fault": str(refusal)}, title="")
        return framed(answer.content.decode())
    return framed(messages.with_pictures(made.html, made.enclosed))


urls = [
    path("messages/blocks/", show_blocks, name="blocks"),
    path("messages/blocks/<slug:key>/html", look_at_block, name="block_html"),
]
