"""A note → the request that Twilio wants (POST /2010-04-01/Accounts/{sid}/Messages.json, form-encoded, Basic)."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote, urlencode

from ..types import CannotSay, Field, Note, Request, Settings
from .payloads import plain

API = "https://api.twilio.com"
LONGEST = 1600
FIELDS = (
    Field("account", "Account SID", "begins with AC"),
    Field("token", "Auth token", "signs what Twilio tells us, too", secret=True),
    Field("key", "API key SID", "begins with SK; where the account's own token shall not send", required=False),
    Field("key_secret", "API key secret", secret=True, required=False),
    Field("service", "Messaging Service SID", "begins with MG; Twilio then chooses the sender, and answers STOP", required=False),
    Field("sender", "Sender", "a number such as +40700000000 or a name of up to 11 letters, where there is no service", required=False),
    Field("price", "Price of one segment", "in hundredths of the currency, such as 5.2", required=False),
    Field("currency", "Currency", "such as EUR", required=False),
    Field("api", "Address of the API", required=False, default=API),
)


def request(note: Note, settings: Settings) -> Request:
    """The request. Raises CannotSay for words that are too long, or where nobody is named as the sender."""
    body = text_of(note)
    if len(body) > LONGEST:
        raise CannotSay(provider="Twilio", fault=f"{len(body)} characters, and it takes {LONGEST}")
    if not settings.get("service") and not settings.get("sender"):
        raise CannotSay(provider="Twilio", fault="neither a service nor a sender is set")
    fields = {"To": note.recipient, "Body": body}
    fields |= {"MessagingServiceSid": settings["service"]} if settings.get("service") else {"From": settings["sender"]}
    if settings.get("hook"):
        fields["StatusCallback"] = f"{settings['hook']}?d={note.id}"
    account = settings["account"]
    user, word = (settings["key"], settings.get("key_secret", "")) if settings.get("key") else (account, settings["token"])
    headers = {
        "authorization": "Basic " + b64encode(f"{user}:{word}".encode()).decode(),
        "content-type": "application/x-www-form-urlencoded",
        "accept": "application/json",
    }
    url = f"{(settings.get('api') or API).rstrip('/')}/2010-04-01/Accounts/{quote(account, safe='')}/Messages.json"
    return Request("POST", url, headers, urlencode(fields).encode())


def text_of(note: Note) -> str:
    """The words, with the links they do not hold yet behind them."""
    return plain(" ".join([note.text, *(link.url for link in note.links if link.url not in note.text)]))
