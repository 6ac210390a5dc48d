"""The company (one row), its stores, the team, write keys, the audit, and the clock that is shown."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Installation(models.Model):
    """The company and its switches. There is exactly one row, made by the first migration."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    company = models.CharField(max_length=200, default="")
    reporting_currency = models.CharField(max_length=3, default="EUR")
    sending_stopped = models.BooleanField(default=False)
    global_holdout = models.FloatField(default=0.05, db_default=0.05, help_text="The share of customers whom no marketing reaches.")
    second_person = models.BooleanField(default=False, db_default=False, help_text="Whether a second person approves what is published.")
    secret = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="installation_is_one_row", condition=Q(id=1)),
            models.CheckConstraint(name="installation_currency_iso", condition=Q(reporting_currency__regex=r"^[A-Z]{3}$")),
            models.CheckConstraint(name="installation_holdout_share", condition=Q(global_holdout__gte=0) & Q(global_holdout__lte=0.5)),
        ]


class ShownClock(models.Model):
    """The time that is shown, as `kit.clock` reads it. No row: the real time."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    real_at = models.DateTimeField()
    shown_at = models.DateTimeField()
    rate = models.FloatField(default=1.0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="shown_clock_is_one_row", condition=Q(id=1)),
            models.CheckConstraint(name="shown_clock_runs_forward", condition=Q(rate__gte=0)),
        ]


class Store(models.Model):
    """A brand's shop: how it looks and sounds, its currency, languages, fallback zone and quiet hours (local times)."""

    key = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(max_length=200)
    brand = models.JSONField(default=dict)
    currency = models.CharField(max_length=3, default="EUR")
    languages = models.JSONField(default=list)
    zone = models.CharField(max_length=64, default="UTC")
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    address = models.CharField(max_length=300, default="", help_text="where its customers' pages are, if not here")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="store_currency_iso", condition=Q(currency__regex=r"^[A-Z]{3}$")),
            models.CheckConstraint(
                name="store_quiet_hours_whole",
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True) | Q(quiet_from__isnull=False, quiet_until__isnull=False),
            ),
        ]


class Members(BaseUserManager["Member"]):
    """Finds members the way Django's sign-in asks for them."""

    def get_by_natural_key(self, username: str | None) -> Member:
        """The member with this address, however its case is written."""
        return self.get(email__iexact=username)


class Member(AbstractBaseUser):
    """A person of the team."""

    class Role(models.TextChoices):
        """What a person is here to do; the deeds that follow are in `rules.py`."""

        OWNER = "owner", _("Owner")
        MARKETER = "marketer", _("Marketer")
        SUPPORT = "support", _("Support")
        ANALYST = "analyst", _("Analyst")
        DEVELOPER = "developer", _("Developer")

    email = models.EmailField()
    name = models.CharField(max_length=200, default="")
    role = models.CharField(max_length=20, choices=Role.choices)
    language = models.CharField(max_length=10, default="en")
    all_stores = models.BooleanField(default=True)
    stores = models.ManyToManyField(Store, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects: ClassVar[Members] = Members()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["role"]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="member_email_once"),
            models.UniqueConstraint(fields=["email"], name="member_email_once_as_written"),  # what Django asks of a name to sign in with
        ]

    def __str__(self) -> str:
        return self.email


class SignInLink(models.Model):
    """A link that signs one member in once. Only a hash is kept; time is the real one."""

    hash = models.BinaryField(unique=True)
    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class WriteKey(models.Model):
    """A key with which a shop sends events into one store. Only a hash is kept, and its first letters to know it by."""

    class Kind(models.TextChoices):
        """Where a key is kept, and so what it may tell."""

        SERVER = "server", _("Server")
        BROWSER = "browser", _("Browser")

    hash = models.BinaryField(unique=True)
    start = models.CharField(max_length=12)
    name = models.CharField(max_length=200)
    store = models.ForeignKey(Store, on_delete=models.PROTECT)
    kind = models.CharField(max_length=10, choices=Kind.choices, default="server", db_default="server")
    origins = models.JSONField(default=list, help_text="The pages from which a browser key is taken; none: from anywhere.")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)  # may lie ahead: until then a key that was replaced works on

    def works(self, now: datetime) -> bool:
        """Whether it opens its store at a moment of the real time."""
        return self.revoked_at is None or self.revoked_at > now

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="writekey_kind_known", condition=Q(kind__in=("server", "browser"))),
            models.CheckConstraint(name="writekey_pages_of_browsers", condition=Q(kind="browser") | Q(origins=[])),
        ]


class Audit(models.Model):
    """What the team did: who, what, to what, before, after. The database refuses to change or delete a row."""

    at = models.DateTimeField(db_index=True)
    member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT)
    who = models.CharField(max_length=254)
    what = models.CharField(max_length=80)
    subject = models.CharField(max_length=300, default="")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.CharField(max_length=1000, default="")


class Approval(models.Model):
    """Somebody asked that another person approve a thing as it stands; what they said, once they did. Never their own."""

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=120)
    mark = models.CharField(max_length=64, help_text="The digest of what was asked about.")
    note = models.CharField(max_length=1000, blank=True, default="")
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)
    said = models.CharField(max_length=1000, blank=True, default="")
    details = models.JSONField(default=dict, help_text="What whoever asked saw and wished for, as the room of its kind writes it.")

    class Meta:
        ordering = ("-asked_at", "-id")
        indexes = (models.Index(fields=("kind", "subject"), name="approval_of"),)
        constraints = (
            models.UniqueConstraint(fields=("kind", "subject"), condition=Q(decided_at=None), name="approval_open_once"),
            models.CheckConstraint(condition=~Q(decided_by=models.F("asked_by")), name="approval_of_two"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
