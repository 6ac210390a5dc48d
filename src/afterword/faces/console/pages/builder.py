"""The builder: the flow of a draft with "+" on every way, and the form of the step that was chosen. Each deed is text in, text out.

Nothing is kept here: the page holds the text, sends it with every deed, and takes back the changed one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from afterword.kernel.errors import Refused
from afterword.loop.journeys import door as journeys

from . import asked, flow
from .frame import show, team
from .journey import known, written

PARTS = {
    "name": gettext_lazy("Called"), "about": gettext_lazy("What it is for"), "subject": gettext_lazy("A run is about"),
    "trigger": gettext_lazy("Starts when"), "exit_on": gettext_lazy("Ends wherever someone stands, on"),
    "goal": gettext_lazy("It has worked when"), "priority": gettext_lazy("Priority"),
}  # fmt: skip
Faults = Sequence[journeys.Finding]
DEEDS: dict[str, Callable[[Given], journeys.editing.Edited]] = {}


@dataclass(frozen=True)
class Given:
    """What was asked for: the text, the step that is chosen, and the form as it was filled in."""

    text: str
    step: str
    form: Mapping[str, str]


@dataclass(frozen=True)
class Printed:
    """A field with what the page adds: what is wrong with it, and a condition's rows."""

    field: journeys.form.Field
    parts: tuple[Printed, ...]
    fault: journeys.Finding | None
    condition: Mapping[str, Any] | None

    @property
    def faulty(self) -> bool:
        """Whether something below it is wrong."""
        return self.fault is not None or any(part.faulty for part in self.parts)

    @property
    def has_rare(self) -> bool:
        """Whether some of its parts are shown only when they are asked for."""
        return any(part.field.rare and not part.faulty for part in self.parts)


@require_POST
@team("edit_journeys")
def build(request: HttpRequest, key: str = "") -> HttpResponse:
    """One deed on the text that is sent along; the whole builder comes back."""
    form = {name: value.replace("\r\n", "\n").replace("\x00", "")[:20_000] for name, value in request.POST.items() if name != "text"}  # type: ignore[union-attr]
    given = Given(written(request), form.get("step", ""), form)
    refused, done = "", journeys.editing.Edited(given.text, given.step)
    try:
        if key and form.get("op", "") in DEEDS:
            journeys.need_base(key, form.get("base", ""))
        done = DEEDS.get(form.get("op", ""), _look)(given)
    except Refused as refusal:
        refused = str(refusal)
    context = built(done.text, done.step, adding=_place(form) if form.get("op") == "add" else None, key=key)
    lost = [one for one in done.gone if one != given.step]
    context |= {"refused": refused, "lost": ", ".join(lost), "op": form.get("op", "")}
    return show(request, "console/journeys/drafts/build.html", context, title="")


def built(text: str, step: str = "", *, adding: Mapping[str, str] | None = None, key: str = "") -> dict[str, Any]:
    """Everything that the builder shows of a text."""
    faults = journeys.lint_text(text)
    wrong, odd = ([(one, _step_of(one), "") for one in faults if (one.level == "error") is bad] for bad in (True, False))
    context: dict[str, Any] = {
        "text": text, "faults": wrong, "oddities": odd, "bad": {one[1] for one in wrong}, "odd": {one[1] for one in odd},
        "chosen": step, "adding": adding, "items": [], "whats": asked.WHAT.items(), "says": asked.SAYS.items(),
    }  # fmt: skip
    try:
        document = journeys.loaded(text)
        drawing = journeys.drawn(document)
    except (Refused, KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return context  # it cannot be drawn; the fault says why, and the text is beside it
    context |= {
        name: [(one, step, _spoken_place(one.place, drawing)) for one, step, _where in found]
        for name, found in (("faults", wrong), ("oddities", odd))
    }
    live = known(key).live if key else None
    counts = journeys.counts_of([live.id]).get(live.id, {}) if live else {}
    here = journeys.here(live.drawing, counts) if live else {}
    context["items"] = flow.laid_out(drawing, counts, {}, counted=False, here=here)
    context |= {"drawing": drawing, "counted": live is not None}
    whole = journeys.builder.schema()
    if adding:
        return context | {"kinds": _kinds(whole)}
    return context | (_panel(document, drawing, step, whole, faults, counts) if step in drawing.steps else {})


def _kinds(whole: Mapping[str, Any]) -> list[dict[str, str]]:
    """The kinds of step that can be put in."""
    found = []
    for kind, form in journeys.builder.kinds_of(whole).items():
        shown = journeys.drawn({"steps": [{"id": "x", kind: _start(kind, whole)}]}).steps.get("x")
        if shown is not None:
            name, about = shown.label.split(",")[0], str(form.get("description", "")).replace("`", "")
            found.append({"kind": kind, "label": _(name), "icon": shown.icon, "about": _(about) if about else ""})
    return found


def _start(kind: str, whole: Mapping[str, Any]) -> Any:
    starts = journeys.editing.STARTS
    return starts[kind] if kind in starts else journeys.form.begun(journeys.builder.kinds_of(whole)[kind])


def _panel(
    document: Mapping[str, Any], drawing: journeys.Drawing, step: str, whole: Mapping[str, Any], faults: Faults, counts: Any
) -> dict[str, Any]:
    """The form of the chosen step; of the trigger the form of everything that is not a step."""
    one = drawing.steps[step]
    event = str((document.get("trigger") or {}).get("event", ""))
    if step == journeys.TRIGGER:
        fields = [
            _printed(
                journeys.form.printed(whole["properties"][part], document.get(part), part, str(label), required=False), part, faults, event
            )
            for part, label in PARTS.items()
        ]
        return {"one": one, "fields": fields, "is_trigger": True}
    item = next(one for one in document["steps"] if one["id"] == step)
    place = f"steps.{step}.{one.kind}"
    field = journeys.form.printed(journeys.builder.kinds_of(whole)[one.kind], item[one.kind])
    order = list(drawing.steps)
    later = [(key, drawing.steps[key].name) for key in order[order.index(step) + 1 :]]
    left = counts.get(step, {})
    ways = [
        (
            outcome,
            journeys.spoken_outcome(outcome),
            target or "end",
            left.get(outcome, 0),
            _fault_at(faults, f"steps.{step}.then.{outcome}"),
        )
        for outcome, target in one.ways.items()
    ]
    return {
        "one": one, "fields": [_printed(field, place, faults, event)], "title": item.get("title", ""), "note": item.get("note", ""),
        "ways": ways, "later": later, "about": field.hint,
    }  # fmt: skip


def _fault_at(faults: Faults, place: str) -> journeys.Finding | None:
    return next((one for one in faults if one.place == place), None)


def _printed(field: journeys.form.Field, place: str, faults: Faults, event: str, bare: bool = False) -> Printed:
    """A field with its fault; `event` is the one that conditions may read by name, `bare` without `event.` before it."""
    parts = []
    own = next((str(part.value) for part in field.fields if part.path.endswith(".event") and part.value), "")
    for number, part in enumerate(field.fields):
        name = f".{part.key}" if field.kind == "rows" else f"[{number}]" if field.kind == "list" else "." + part.path.rsplit(".", 1)[-1]
        parts.append(_printed(part, place + name, faults, own or event, (bool(own) and not place.startswith("trigger")) or bare))
    exact = next((one for one in faults if one.place == place or (not parts and one.place.startswith(place + "."))), None)
    condition = asked.shown(str(field.value), event, bare=bare) if field.kind == "condition" else None
    return Printed(_translated(field), tuple(parts), exact, condition)


def _translated(field: journeys.form.Field) -> journeys.form.Field:
    """The field with its label and its hint in the reader's language; the name of a row is somebody's own."""
    label = _(field.label) if field.label and not field.key else field.label
    return replace(field, label=label, hint=_(field.hint) if field.hint else "")


def _step_of(fault: journeys.Finding) -> str:
    """The step at which something is wrong."""
    found = re.match(r"steps\.(\w+)", fault.place)
    if found:
        return found.group(1)
    return journeys.TRIGGER if fault.place.split(".")[0].split("[")[0] in PARTS else ""


def _spoken_place(place: str, drawing: journeys.Drawing) -> str:
    """Where something stands, as the panel calls it: the step's name and the field's; empty where only the text can say."""
    head, *rest = re.sub(r"\[\d+\]", "", place).split(".")
    step = drawing.steps.get(rest[0]) if head == "steps" and rest else None
    if step is not None:
        words, rest = [f"“{step.name}”"], rest[2:] if rest[1:2] == [step.kind] else rest[1:]
    elif head in PARTS:
        words = [str(PARTS[head])]
    else:
        return ""
    if rest[:1] == ["then"]:
        return ", ".join([*words, *(journeys.spoken_outcome(one) for one in rest[1:])])
    return ", ".join([*words, *(_(journeys.form.worded(one)) if step is None or step.kind != "branch" else one for one in rest)])


def _place(form: Mapping[str, str]) -> dict[str, str]:
    words = ", ".join(journeys.spoken_outcome(one) for one in form.get("outcomes", "").split(",") if one not in ("", "done", "entered"))
    return {"after": form.get("after", ""), "outcomes": form.get("outcomes", ""), "words": words}


# Deeds ----------------------------------------------------------------------------------------------------------------------


def _look(given: Given) -> journeys.editing.Edited:
    return journeys.editing.Edited(given.text, given.step)


def _insert(given: Given) -> journeys.editing.Edited:
    kind, whole = given.form.get("kind", ""), journeys.builder.schema()
    if kind not in journeys.builder.kinds_of(whole):
        raise journeys.editing.NoSuchStep(key=kind)
    outcomes = [one for one in given.form.get("outcomes", "").split(",") if one]
    after = given.form.get("after", "")
    return journeys.editing.inserted(
        given.text, kind, _start(kind, whole), after=after, outcomes=[] if after == journeys.TRIGGER else outcomes
    )


def _remove(given: Given) -> journeys.editing.Edited:
    return journeys.editing.removed(given.text, given.step)


def _earlier(given: Given) -> journeys.editing.Edited:
    return journeys.editing.moved(given.text, given.step, earlier=True)


def _later(given: Given) -> journeys.editing.Edited:
    return journeys.editing.moved(given.text, given.step, earlier=False)


def _set(given: Given) -> journeys.editing.Edited:
    """The form of the panel, as it is filled in now; with `grow` or `shrink` a row more or less."""
    form = _shrunk(dict(given.form), given.form.get("shrink", ""))
    whole = journeys.builder.schema()
    if given.step == journeys.TRIGGER:
        return journeys.editing.Edited(_set_parts(given.text, form, whole), journeys.TRIGGER)
    edited = _set_settings(given, form, whole)
    text, gone = edited.text, edited.gone
    for name in ("title", "note"):
        if name in form:
            text = journeys.editing.set_value(text, ["steps", given.step, name], " ".join(form[name].split()))
    ways = journeys.drawn(journeys.loaded(text)).steps
    for outcome, target in dict(ways[given.step].ways if given.step in ways else {}).items():
        wanted = form.get(f"to.{outcome}", "")
        if wanted and wanted != (target or "end") and wanted != given.form.get(f"was.{outcome}"):
            led = journeys.editing.led(text, given.step, outcome, wanted)
            text, gone = led.text, (*gone, *led.gone)
    new = form.get("id", given.step).strip()
    if new != given.step:
        text = journeys.editing.renamed(text, given.step, new).text
    return journeys.editing.Edited(text, new, gone)


def _set_settings(given: Given, form: dict[str, str], whole: Mapping[str, Any]) -> journeys.editing.Edited:
    item = next((one for one in journeys.loaded(given.text)["steps"] if one.get("id") == given.step), None)
    kinds = journeys.builder.kinds_of(whole)
    kind = next((name for name in item or {} if name in kinds), "")
    if item is None or not kind:
        raise journeys.editing.NoSuchStep(key=given.step)
    _conditions(form, journeys.form.printed(kinds[kind], item[kind]))
    value = journeys.form.read(kinds[kind], form, item[kind])
    if (path_ := form.get("grow", "")) and "~" not in path_:
        value = journeys.form.grown(kinds[kind], value, path_)
    changed = journeys.form.renames(kinds[kind], form) if kind in ("branch", "split") else {}
    if kind == "split":
        changed = journeys.form.renames(kinds[kind], form, "f.arms")
    return journeys.editing.set_step(given.text, given.step, kind, value if value is not None else "", renames=changed)


def _set_parts(text: str, form: dict[str, str], whole: Mapping[str, Any]) -> str:
    document = journeys.loaded(text)
    for part in PARTS:
        schema, old = whole["properties"][part], document.get(part)
        _conditions(form, journeys.form.printed(schema, old, part))
        value = journeys.form.read(schema, form, old, part)
        if form.get("grow", "").split(".")[0] == part and "~" not in form["grow"]:
            value = journeys.form.grown(schema, value, form["grow"])
        if value != old:
            text = journeys.editing.set_value(text, [part], value)
    return text


def _conditions(form: dict[str, str], field: journeys.form.Field) -> None:
    """Write what the rows of conditions say into their texts."""
    paths = {name.split("~")[0] for name in form if name.endswith("~was")}
    for one in paths:
        if one.split(".")[0] == field.path.split(".")[0]:
            form[one] = asked.text_of(form, one)
            if form.get("grow") == f"{one}~":
                form[one] = asked.one_more(form[one])


def _shrunk(form: dict[str, str], path_: str) -> dict[str, str]:
    """Without a row."""
    return {name: value for name, value in form.items() if not path_ or (name != path_ and not name.startswith((path_ + ".", path_ + "~")))}


DEEDS |= {"insert": _insert, "remove": _remove, "earlier": _earlier, "later": _later, "set": _set}

urls = [
    path("journeys/new-journey/build", build, name="journey_build_new"),
    path("journeys/<slug:key>/build", build, name="journey_build"),
]
