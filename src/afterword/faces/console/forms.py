"""What the team types into settings: read, checked at its field, and handed on as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, get_args
from zoneinfo import available_timezones

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from afterword.loop.accounts.types import KeyKind, Role, Store
from afterword.loop.messages import door as messages

COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}$", gettext_lazy("Write six hexadecimal digits, such as #1f4e9c."))
CURRENCY = RegexValidator(r"^[A-Z]{3}$", gettext_lazy("Three capital letters, such as EUR."))
ROLES = {
    "owner": gettext_lazy("Owner"), "marketer": gettext_lazy("Marketer"), "support": gettext_lazy("Support"),
    "analyst": gettext_lazy("Analyst"), "developer": gettext_lazy("Developer"),
}  # fmt: skip
IN_BRAND = (
    "colour", "logo_url", "voice", "type", "sender_name", "sender_email", "reply_to", "postal_address", "legal", "site_url",
    "day_cap", "week_cap", "tracking", "margin",
)  # fmt: skip


def _zones(kept: str) -> list[tuple[str, str]]:
    """UTC, in which a store begins, and the zones that people live in; of other names only the one that is kept, lest it be lost."""
    known = available_timezones()
    lived = sorted(name for name in known if "/" in name and not name.startswith("Etc/"))
    first = dict.fromkeys(name for name in (kept, "UTC") if name in known and name not in lived)
    return [(name, name.replace("_", " ")) for name in (*first, *lived)]


def _languages() -> list[tuple[str, str]]:
    return [(code, messages.OWN_NAMES[code]) for code in messages.LOCALES]


class CompanyForm(forms.Form):
    """The company."""

    company = forms.CharField(label=gettext_lazy("Name of the company"), max_length=200, required=False)
    currency = forms.CharField(
        label=gettext_lazy("Reporting currency"),
        max_length=3,
        validators=[CURRENCY],
        help_text=gettext_lazy("All stores are reckoned in it."),
    )
    holdout = forms.FloatField(
        label=gettext_lazy("Left alone by all marketing, %"), min_value=0, max_value=50, required=False,
        help_text=gettext_lazy("The same people in every journey, to tell what all of it earned; for what is published from now on."),
    )  # fmt: skip
    second_person = forms.BooleanField(
        label=gettext_lazy("A second person approves what is published"), required=False,
        help_text=gettext_lazy("Whoever asks cannot approve. Owners can."),
    )  # fmt: skip


class EndpointForm(forms.Form):
    """Another system that journeys may call."""

    key = forms.RegexField(
        r"^[a-z][a-z0-9_-]{0,59}$", label=gettext_lazy("Key"), max_length=60, help_text=gettext_lazy("How journeys name it, such as erp.")
    )
    url = forms.CharField(label=gettext_lazy("Address"), max_length=500, help_text=gettext_lazy("It begins with https://"))


class ProviderForm(forms.Form):
    """Somebody who carries messages: which key, for which store, and the fields of its kind. Secrets come empty and may stay so."""

    def __init__(self, provider: Any, row: Mapping[str, Any] | None, stores: Sequence[tuple[str, str]], *, data: Any = None) -> None:
        super().__init__(data)
        if row is None:
            self.fields["key"] = forms.RegexField(
                r"^[a-z][a-z0-9_-]{1,39}$", label=gettext_lazy("Key"), max_length=40, initial=provider.name,
                help_text=gettext_lazy("Small letters, digits, _ and -. What it is called here."),
            )  # fmt: skip
        self.fields["store"] = forms.ChoiceField(
            label=gettext_lazy("Store"), choices=[("", gettext_lazy("every store that has none of its own")), *stores], required=False,
            initial=row["store"] if row else "",
        )  # fmt: skip
        self.fields["place"] = forms.IntegerField(
            label=gettext_lazy("Place"), min_value=-99, max_value=99, initial=row["place"] if row else 1,
            help_text=gettext_lazy("In which order channels are tried, where a step leaves it open. E-mail stands at 0."),
        )  # fmt: skip
        for one in provider.fields:
            self.fields[f"f_{one.name}"] = self._field(one, row)

    def _field(self, one: Any, row: Mapping[str, Any] | None) -> forms.Field:
        known = bool(row and one.name in row["set"])
        needed = one.required and not one.default and not known and one.fresh is None
        initial = "" if one.secret else (row or {}).get("settings", {}).get(one.name, "") or one.default
        hint = gettext_lazy("It is set; leave it empty to keep it.") if one.secret and known else one.help
        if one.choices:
            return forms.ChoiceField(
                label=one.label, choices=[(c, name or "–") for c, name in zip(one.choices, one.names or one.choices, strict=True)],
                required=False, initial=initial, help_text=hint,
            )  # fmt: skip
        wide = forms.Textarea(attrs={"rows": 4}) if one.long else forms.PasswordInput(attrs={"autocomplete": "off"}) if one.secret else None
        return forms.CharField(label=one.label, required=needed, max_length=4000, initial=initial, help_text=hint, widget=wide)


class TrialForm(forms.Form):
    """Whom a test goes to."""

    to = forms.CharField(label=gettext_lazy("To"), max_length=2000, help_text=gettext_lazy("A number such as +40712345678, or an id."))


class DomainForm(forms.Form):
    """A domain that mails are sent from."""

    domain = forms.CharField(
        label=gettext_lazy("Domain"), max_length=253, help_text=gettext_lazy("What stands behind the @ of your sender.")
    )


class PaceForm(forms.Form):
    """Where bounces come back to, and how fast a domain sends."""

    return_host = forms.CharField(
        label=gettext_lazy("Host for bounces"), max_length=253, required=False,
        help_text=gettext_lazy("Such as bounces.your-shop.example. Its mail is handed to Afterword."),
    )  # fmt: skip
    per_minute = forms.IntegerField(
        label=gettext_lazy("Messages a minute to one receiver"), min_value=1, max_value=100_000, required=False,
        help_text=gettext_lazy("To each of gmail.com, outlook.com and so on. Empty: as fast as it goes."),
    )  # fmt: skip
    warming = forms.BooleanField(
        label=gettext_lazy("This domain is new: begin with 50 messages a day and double them each day"), required=False
    )


class NewStoreForm(forms.Form):
    """A store that is to be made."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    key = forms.SlugField(
        label=gettext_lazy("Key"), max_length=40, help_text=gettext_lazy("Stands in events and addresses; it does not change later."),
        error_messages={"invalid": gettext_lazy("Only letters, digits, hyphens and underscores, such as main-store.")},
    )  # fmt: skip
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3, validators=[CURRENCY], initial="EUR")


class StoreForm(forms.Form):
    """All that is said of a store."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    site_url = forms.URLField(label=gettext_lazy("Shop’s address"), required=False, assume_scheme="https")
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3, validators=[CURRENCY])
    first_language = forms.ChoiceField(
        label=gettext_lazy("First language"), help_text=gettext_lazy("For whoever’s language is not known, or not spoken here.")
    )
    languages = forms.MultipleChoiceField(label=gettext_lazy("Languages"), widget=forms.CheckboxSelectMultiple)
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"), help_text=gettext_lazy("For customers whose own zone is not known."))
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    day_cap = forms.IntegerField(label=gettext_lazy("At most a day"), min_value=1, max_value=99)
    week_cap = forms.IntegerField(label=gettext_lazy("At most a week"), min_value=1, max_value=99)
    margin = forms.IntegerField(
        label=gettext_lazy("Of revenue there remains, %"), min_value=1, max_value=100, required=False,
        help_text=gettext_lazy("What a message is worth is said in what remains, so that stores can be compared. 100: in revenue."),
    )  # fmt: skip
    tracking = forms.BooleanField(label=gettext_lazy("Count what people open and which links they follow"), required=False)
    colour = forms.CharField(
        label=gettext_lazy("Colour"), validators=[COLOUR], widget=forms.TextInput(attrs={"type": "color", "data-tries": ".brand-try"})
    )
    logo_url = forms.URLField(
        label=gettext_lazy("Logo"),
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("Address of a picture. Without one the name stands there."),
    )
    voice = forms.ChoiceField(
        label=gettext_lazy("Voice"), required=False, choices=[
            ("plain", gettext_lazy("Plain: Dear Ana")), ("warm", gettext_lazy("Warm: Hi Ana")),
            ("formal", gettext_lazy("Formal: Dear Ana Pop")),
        ], help_text=gettext_lazy("How letters greet, how they end, and by which name people are addressed."),
    )  # fmt: skip
    type = forms.ChoiceField(
        label=gettext_lazy("Type"), required=False, choices=[
            ("humanist", gettext_lazy("Humanist")), ("system", gettext_lazy("The reader’s own")), ("serif", gettext_lazy("Serif")),
            ("rounded", gettext_lazy("Rounded")),
        ], help_text=gettext_lazy("What letters and customers’ pages are set in."),
    )  # fmt: skip
    sender_name = forms.CharField(label=gettext_lazy("Sender’s name"), required=False, max_length=200)
    sender_email = forms.EmailField(label=gettext_lazy("Sender’s address"), required=False)
    reply_to = forms.EmailField(label=gettext_lazy("Answers go to"), required=False, help_text=gettext_lazy("Somewhere a person reads."))
    postal_address = forms.CharField(
        label=gettext_lazy("Postal address"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Stands under every mail, as the law wants."),
    )
    legal = forms.CharField(
        label=gettext_lazy("Legal details"), required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The firm, its register and tax numbers, as papers that travel with mails must name them."),
    )  # fmt: skip

    PLAIN: ClassVar = ("name", "currency", "zone", "quiet_from", "quiet_until")
    CONCERNED: ClassVar = {"currency": "currency", "zone": "zone", "colour": "colour", "messages at most": "day_cap"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = _zones(str(self.initial.get("zone") or self.data.get("zone", "")))  # type: ignore[attr-defined]
        self.fields["languages"].choices = self.fields["first_language"].choices = _languages()  # type: ignore[attr-defined]

    @classmethod
    def of(cls, store: Store) -> StoreForm:
        """The form filled in with what is kept."""
        brand = {name: getattr(store.brand, name) for name in IN_BRAND}
        spoken = [messages.known(code) for code in store.languages]
        plain = {name: getattr(store, name) for name in cls.PLAIN}
        return cls(initial={**plain, **brand, "first_language": spoken[0], "languages": spoken})

    def clean_margin(self) -> int:
        """Where nothing is said, revenue itself counts."""
        return int(self.cleaned_data["margin"] or 100)

    def clean(self) -> dict[str, Any]:
        """Quiet hours are both or neither; a week allows at least what a day does."""
        given = super().clean() or {}
        if (given.get("quiet_from") is None) != (given.get("quiet_until") is None) and not {"quiet_from", "quiet_until"} & set(self.errors):
            missing = "quiet_from" if given.get("quiet_from") is None else "quiet_until"
            self.add_error(missing, _("Give both times, or neither."))
        if given.get("day_cap") and given.get("week_cap") and given["week_cap"] < given["day_cap"]:
            self.add_error("week_cap", _("A week cannot allow less than a day."))
        return given

    def values(self) -> dict[str, Any]:
        """What `save_store` takes."""
        given = self.cleaned_data
        first = given["first_language"]
        return {
            **{name: given[name] for name in self.PLAIN}, "languages": [first, *(code for code in given["languages"] if code != first)],
            "brand": {name: given[name] for name in IN_BRAND},
        }  # fmt: skip

    def concerned(self, refusal: str) -> str | None:
        """The field that a refusal of the room is about, so that it stands there."""
        return next((field for word, field in self.CONCERNED.items() if word in refusal.lower()), None)


class KeyForm(forms.Form):
    """A write key that is to be made."""

    name = forms.CharField(
        label=gettext_lazy("What for"), max_length=200, widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Shop server")})
    )
    store = forms.ChoiceField(label=gettext_lazy("Store"))
    kind = forms.ChoiceField(label=gettext_lazy("Where it is kept"), choices=[(kind, kind) for kind in get_args(KeyKind)], initial="server")
    origins = forms.CharField(
        label=gettext_lazy("Taken from"), required=False, max_length=2000,
        widget=forms.TextInput(attrs={"placeholder": "https://shop.example"}),
        help_text=gettext_lazy("The addresses of your pages, with a space between them. Empty: from any page."),
    )  # fmt: skip

    def __init__(self, *args: Any, stores: list[Store], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["store"].choices = [(store.key, store.name) for store in stores]  # type: ignore[attr-defined]

    def pages(self) -> tuple[str, ...]:
        """The pages from which a browser key is taken; none for a server key, whatever stands in the hidden field."""
        given = self.cleaned_data["origins"] if self.cleaned_data["kind"] == "browser" else ""
        return tuple(given.replace(",", " ").split())


class InviteForm(forms.Form):
    """Somebody who is to join the team. No store chosen means all of them."""

    email = forms.EmailField(label=gettext_lazy("E-mail"))
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=200)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=[(role, ROLES[role]) for role in get_args(Role)], initial="support")
    stores = forms.MultipleChoiceField(
        label=gettext_lazy("Stores"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: all of them."),
    )

    def __init__(self, *args: Any, stores: list[Store], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stores"].choices = [(store.key, store.name) for store in stores]  # type: ignore[attr-defined]

    def chosen(self) -> tuple[str, ...] | None:
        """The stores; None for all."""
        return tuple(self.cleaned_data["stores"]) or None


class RoleForm(InviteForm):
    """Another role for somebody who is there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["email"], self.fields["name"]
