"""The Cloud API as its documentation has it: Bearer, JSON, the 24-hour window, templates with their parameters, codes."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

from afterword.loop.channels.tests.samples_double import Answer, Asked, Double, serving
from afterword.loop.channels.tests.samples_wire import samples, settings

SETTINGS = settings("whatsapp")
NUMBER, TOKEN, SECRET, VERIFY = (SETTINGS[name] for name in ("number", "token", "secret", "verify"))
LATELY, SILENT, NOT_THERE = "12025550147", "12025550148", "12025550126"
TEMPLATES = {("shop_update", "en"): 2, ("order_update", "ro"): 1}


def said(name: str, **more: Any) -> Answer:
    """A recorded answer."""
    return samples("whatsapp", "answers")[name].answer(**more)


def _answer(double: Double, asked: Asked) -> Answer:
    if asked.headers.get("authorization") != f"Bearer {TOKEN}":
        return said("the token is wrong")
    if asked.path != f"/v23.0/{NUMBER}/messages" or asked.method != "POST":
        return said("no such number of ours")
    if asked.headers.get("content-type") != "application/json":
        return said("something is missing")
    given = asked.json()
    if given.get("messaging_product") != "whatsapp" or not str(given.get("to", "")).isdigit():
        return said("something is missing")
    if len(given.get("biz_opaque_callback_data", "")) > 512:
        return said("not as it should be")
    if given["to"] == NOT_THERE:
        return said("they are not there")
    wrong = _template(given) if given.get("type") == "template" else _free(given)
    if wrong:
        return wrong
    id = f"wamid.{uuid4().hex}"
    double.taken.append({"wamid": id, **given})
    return said("taken", contacts=[{"input": given["to"], "wa_id": given["to"]}], messages=[{"id": id, "message_status": "accepted"}])


def _free(given: dict[str, Any]) -> Answer | None:
    if given["to"] != LATELY:
        return said("24 hours are over")
    if given.get("type") == "text":
        body = given.get("text", {}).get("body", "")
        return None if 1 <= len(body) <= 4096 else said("not as it should be")
    if given.get("type") == "interactive":
        shown = given["interactive"]
        link = shown["action"]["parameters"]
        fits = shown["type"] == "cta_url" and 1 <= len(shown["body"]["text"]) <= 1024 and len(link["display_text"]) <= 20
        return None if fits and link["url"].startswith("https://") else said("not as it should be")
    return said("a kind that is not known")


def _template(asked: dict[str, Any]) -> Answer | None:
    given = asked["template"]
    wanted = TEMPLATES.get((given["name"], given["language"]["code"]))
    if wanted is None:
        return said("no such template")
    parameters = [p for c in given["components"] if c["type"] == "body" for p in c["parameters"]]
    if len(parameters) != wanted:
        return said("the template has another number of holes")
    for parameter in parameters:
        text = parameter["text"]
        if parameter["type"] != "text" or not text or "\n" in text or "\t" in text or "    " in text:
            return said("a value that does not fit the template")
    return None


def notice(**value: Any) -> bytes:
    """What Meta posts to the webhook, as recorded, about something else."""
    told = samples("whatsapp", "receipts")["delivered"].json
    given = told["entry"][0]["changes"][0]["value"]
    about = {name: given[name] for name in ("messaging_product", "metadata")}
    entry = {**told["entry"][0], "changes": [{"value": {**about, **value}, "field": "messages"}]}
    return json.dumps({**told, "entry": [entry]}).encode()


def cloud_api() -> AbstractContextManager[Double]:
    """A Cloud API on this machine."""
    return serving(_answer)
