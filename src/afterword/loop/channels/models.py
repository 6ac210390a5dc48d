"""What the ways out remember: who carries, the domains we send from, how much went where, who is left in peace, who is reached how."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Domain(models.Model):
    """A domain that mails are sent from: its DKIM key (closed at rest), where bounces come back to, how fast it may send.

    `per_minute`: messages a minute to any one receiving domain, null for as many as there are. `warm_from`: the day since which a
    new domain is getting known; null for one that is known.
    """

    domain = models.TextField(primary_key=True)
    selector = models.TextField()
    private_key = models.BinaryField()
    public_key = models.TextField()
    return_host = models.TextField(default="")
    per_minute = models.IntegerField(null=True)
    warm_from = models.DateField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "channel_domain"


class Pace(models.Model):
    """How many messages a sending domain has handed over to a receiving one in a minute, or to all (`*`) in a day."""

    pk = models.CompositePrimaryKey("sender", "receiver", "since")
    sender = models.TextField()
    receiver = models.TextField()
    since = models.DateTimeField()
    sent = models.IntegerField(default=0)

    class Meta:
        db_table = "channel_pace"


class Breaker(models.Model):
    """A provider that failed as a whole, and is left in peace until a moment. Whoever succeeds again closes it."""

    provider = models.TextField(primary_key=True)
    failures = models.IntegerField(default=0)
    rests_until = models.DateTimeField(null=True)
    since = models.DateTimeField()
    said = models.TextField(default="")

    class Meta:
        db_table = "channel_breaker"


class Way(models.Model):
    """Somebody who carries messages of one channel, for one store or (empty) for all that have none of their own.

    `settings` are the fields of its kind that are no secret, `secrets` the others, closed at rest. `hook`: the part of the address for
    its receipts that nobody can guess. `place`: the store's order of channels; e-mail stands at 0.
    """

    key = models.TextField(primary_key=True)
    kind = models.TextField()
    channel = models.TextField()
    store = models.TextField(default="")
    settings = models.JSONField(default=dict)
    secrets = models.BinaryField(default=b"")
    hook = models.TextField(unique=True)
    place = models.SmallIntegerField(default=1)
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "channel_provider"


class Address(models.Model):
    """By which address a customer was reached in a channel in `[known_from, known_to)`, as linking and unlinking was told."""

    pk = models.CompositePrimaryKey("customer_id", "channel", "mark", "known_from")
    customer_id = models.UUIDField()
    channel = models.TextField()
    mark = models.TextField()
    address = models.TextField()
    known_from = models.DateTimeField()
    known_to = models.DateTimeField()

    class Meta:
        db_table = "channel_address"
        indexes: ClassVar = [models.Index(fields=["channel", "mark"], name="channel_address_mark")]


class Letter(models.Model):
    """A letter that waits to be printed, or was. `id` is the delivery's."""

    id = models.UUIDField(primary_key=True)
    store = models.TextField()
    recipient = models.TextField()
    pdf = models.BinaryField()
    made_at = models.DateTimeField()
    printed_at = models.DateTimeField(null=True)
    printed_by = models.TextField(default="")

    class Meta:
        db_table = "channel_letter"


class Pull(models.Model):
    """How far a mailbox (the key of its `Way`) has been read: UIDs up to `last_uid` mean something while its `validity` is the same."""

    key = models.TextField(primary_key=True)
    validity = models.BigIntegerField(null=True)
    last_uid = models.BigIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "channel_pull"


class Pulled(models.Model):
    """A mail that was taken in from a mailbox, by the mark of its bytes; `settled`: it is marked as seen there, or moved."""

    pk = models.CompositePrimaryKey("key", "mark")
    key = models.TextField()
    mark = models.BinaryField()
    validity = models.BigIntegerField()
    uid = models.BigIntegerField()
    taken_at = models.DateTimeField()
    settled = models.BooleanField(default=False)

    class Meta:
        db_table = "channel_pulled"
        indexes: ClassVar = [models.Index(fields=["key"], name="channel_pulled_open", condition=models.Q(settled=False))]
