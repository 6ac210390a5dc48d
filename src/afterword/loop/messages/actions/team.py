"""Letters to the team itself, such as a link to sign in. No customer, no consent, no journey: they go at once.

They leave by the mail server where one is set; without one they lie in the local mailbox, where owners alone can read them.
"""

from __future__ import annotations

from datetime import datetime
from html import escape

from django.conf import settings

from afterword.kernel.ids import uuid7
from afterword.kit import clock
from afterword.loop.accounts import door as accounts
from afterword.loop.channels import door as channels
from afterword.loop.channels.door import Envelope, Outcome, send_email

from ..queries.servers import mailbox, outside, server_name
from ..rules.mime import Party, build
from ..rules.render import Rendered
from ..rules.short import CODE, Short
from ..types import NoProvider, ProviderRests

WITHIN = 30.0  # seconds in which a test begins to leave
NOWHERE_SHORT = f"/c/g/{'x' * CODE}"  # as long as a real one, and nobody's

HTML = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{subject}</title></head>
<body style="margin:0;padding:32px 20px;font:16px/1.5 system-ui,sans-serif"><div style="max-width:34rem;margin:0 auto">
<p style="font-weight:600">{shop}</p><p>{before}</p>
<p style="margin:28px 0"><a href="{link}" style="display:inline-block;padding:12px 20px;border-radius:6px;background:{colour};color:{on};\
text-decoration:none;font-weight:600">{press}</a></p><p style="opacity:.75;font-size:14px">{after}</p></div></body></html>"""


def write_to_team(
    address: str, name: str, *, subject: str, before: str, link: str, press: str, after: str, language: str = "en"
) -> Outcome:
    """One letter with one link, to one person of the team, handed over now.

    Args:
        before, press, after: the words above the link, on it and below it.

    Raises NotAnAddress, SignInRefused where the mail server refuses us.
    """
    stores = accounts.stores()
    brand, shop = (stores[0].brand, stores[0].name) if stores else (None, "Afterword")
    sender = Party((brand.sender_email if brand else "") or "shop@localhost", (brand.sender_name if brand else "") or shop)
    colour = brand.colour if brand else "#2f5d50"
    words = {"subject": subject, "before": before, "link": link, "press": press, "after": after, "shop": shop, "lang": language}
    html = HTML.format(colour=colour, on=_readable_on(colour), **{key: escape(word) for key, word in words.items()})
    text = f"{before}\n\n{link}\n\n{after}\n\n{shop}\n"
    now = clock.real_now()
    id = uuid7(now)
    mail = build(Rendered(subject, "", html, text), id=id, at=now, sender=sender, to=Party(address, name), locale=language)
    envelope = Envelope(id, sender.address, address, mail.raw, mail.utf8)
    return next(iter(send_email([envelope], outside() if server_name() else mailbox())))


def try_on(address: str, name: str, made: Rendered, *, mark: str, language: str) -> Outcome:
    """A customer's letter to one person of the team: nothing is counted, its links lead nowhere, `mark` heads its subject."""
    stores = accounts.stores()
    brand, shop = (stores[0].brand, stores[0].name) if stores else (None, "Afterword")
    sender = Party((brand.sender_email if brand else "") or "shop@localhost", (brand.sender_name if brand else "") or shop)
    now = clock.real_now()
    id = uuid7(now)
    letter = Rendered(f"{mark} {made.subject}", made.preheader, made.html, made.text, enclosed=made.enclosed)
    mail = build(letter, id=id, at=now, sender=sender, to=Party(address, name), locale=language)
    return next(iter(send_email([Envelope(id, sender.address, address, mail.raw, mail.utf8)], outside() if server_name() else mailbox())))


def try_note(
    address: str, words: Short, *, message: str, category: str, channel: str, store: str, mark: str, language: str, at: datetime
) -> Outcome:  # fmt: skip
    """A customer's few words to one person of the team, over whoever carries the channel for the store. Nothing is kept or counted, its
    link leads nowhere, `mark` heads its words. Raises NoProvider, and Failed where the provider is left in peace."""
    way = channels.way_of(channels.ways(), channel, store)
    if way is None:
        raise NoProvider(channel=channel)
    if channels.resting(way.key, at):
        raise ProviderRests(title=way.provider.title)
    sender = next((one for one in accounts.stores() if one.key == store), accounts.stores()[0])
    links = (channels.Link(words.label, f"{sender.address.rstrip('/') or settings.PUBLIC_URL}{NOWHERE_SHORT}"),) if words.url else ()
    note = channels.Note(
        uuid7(clock.real_now()), address, f"{mark} {words.title}", f"{mark} {words.text}", language, category, message, at, links=links,
        sender=sender.name,
    )  # fmt: skip
    carried = channels.carry(way.provider, [note], way.settings, at, within=WITHIN)
    return next(one for one in carried if one is not None)


def _readable_on(colour: str) -> str:
    """White or black, whichever is read better on this colour."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#ffffff"
