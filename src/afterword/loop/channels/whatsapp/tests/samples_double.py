"""The Cloud API as its documentation has it: Bearer, JSON, the 24-hour window, templates with their parameters, codes."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

from afterword.loop.channels.tests.samples_double import Answer, Asked, Double, answered, serving

NUMBER, TOKEN, SECRET, VERIFY = "106540352242922", "EAAtoken", "shhh", "are-you-there"
LATELY, SILENT, NOT_THERE = "40712345678", "40712000047", "40712000026"
TEMPLATES = {("shop_update", "en"): 2, ("order_update", "ro"): 1}
SETTINGS = {
    "number": NUMBER,
    "token": TOKEN,
    "secret": SECRET,
    "verify": VERIFY,
    "templates": "* = shop_update: title, link\ncsat = gone: title",
}


def refused(status: int, code: int, message: str, details: str = "") -> Answer:
    error = {"message": f"(#{code}) {message}", "type": "OAuthException", "code": code, "fbtrace_id": "Az8or2yhqkZfEZ-_4Qn_Bam"}
    return answered(status, {"error": error | ({"error_data": {"messaging_product": "whatsapp", "details": details}} if details else {})})


def _answer(double: Double, asked: Asked) -> Answer:
    if asked.headers.get("authorization") != f"Bearer {TOKEN}":
        return refused(401, 190, "Invalid OAuth access token - Cannot parse access token")
    if asked.path != f"/v23.0/{NUMBER}/messages" or asked.method != "POST":
        return refused(400, 100, "Unsupported post request. Object with this ID does not exist")
    if asked.headers.get("content-type") != "application/json":
        return refused(400, 100, "Invalid parameter")
    said = asked.json()
    if said.get("messaging_product") != "whatsapp" or not str(said.get("to", "")).isdigit():
        return refused(400, 100, "Invalid parameter", "messaging_product and to are required")
    if len(said.get("biz_opaque_callback_data", "")) > 512:
        return refused(400, 131009, "Parameter value is not valid")
    if said["to"] == NOT_THERE:
        return refused(400, 131026, "Message undeliverable")
    wrong = _template(said) if said.get("type") == "template" else _free(said)
    if wrong:
        return wrong
    id = f"wamid.{uuid4().hex}"
    double.taken.append({"wamid": id, **said})
    sent = {"messaging_product": "whatsapp", "contacts": [{"input": said["to"], "wa_id": said["to"]}], "messages": [{"id": id}]}
    return answered(200, sent)


def _free(said: dict[str, Any]) -> Answer | None:
    if said["to"] != LATELY:
        return refused(400, 131047, "Re-engagement message", "More than 24 hours have passed since the customer last replied")
    if said.get("type") == "text":
        body = said.get("text", {}).get("body", "")
        return None if 1 <= len(body) <= 4096 else refused(400, 131009, "Parameter value is not valid")
    if said.get("type") == "interactive":
        shown = said["interactive"]
        given = shown["action"]["parameters"]
        fits = shown["type"] == "cta_url" and 1 <= len(shown["body"]["text"]) <= 1024 and len(given["display_text"]) <= 20
        return None if fits and given["url"].startswith("https://") else refused(400, 131009, "Parameter value is not valid")
    return refused(400, 131051, "Unsupported message type")


def _template(said: dict[str, Any]) -> Answer | None:
    given = said["template"]
    wanted = TEMPLATES.get((given["name"], given["language"]["code"]))
    if wanted is None:
        return refused(404, 132001, "Template name does not exist in the translation")
    parameters = [p for c in given["components"] if c["type"] == "body" for p in c["parameters"]]
    if len(parameters) != wanted:
        return refused(400, 132000, "Number of parameters does not match the expected number of params")
    for parameter in parameters:
        text = parameter["text"]
        if parameter["type"] != "text" or not text or "\n" in text or "\t" in text or "    " in text:
            return refused(400, 132012, "Parameter format does not match format in the created template")
    return None


def notice(**value: Any) -> bytes:
    """What Meta posts to the webhook."""
    told = {"messaging_product": "whatsapp", "metadata": {"display_phone_number": "40312345678", "phone_number_id": NUMBER}, **value}
    return json.dumps({
        "object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": [{"value": told, "field": "messages"}]}],
    }).encode()  # fmt: skip


def cloud_api() -> AbstractContextManager[Double]:
    """A Cloud API on this machine."""
    return serving(_answer)
