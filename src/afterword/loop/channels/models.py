"""What the ways out remember: the domains we send from, how much went where in a minute and a day, who is being left in peace."""

from __future__ import annotations

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
