"""Laying hands on what is under way: when a version was paused, and each deed with its instant, for the history and for backtests."""

from django.db import migrations, models

HANDS = """
create table journey_hand (
    id bigint generated always as identity primary key,
    journey text not null,
    version_id integer not null,
    kind text not null check (kind in ('pause', 'resume', 'stop', 'move', 'take_out')),
    at timestamptz not null,
    to_version integer,
    steps jsonb not null default '{}',
    run uuid,
    runs bigint not null,
    by text not null
);
create index journey_hand_of on journey_hand (journey, at);
"""


class Migration(migrations.Migration):
    dependencies = [("journeys", "0001_journeys")]
    operations = [
        migrations.AddField(
            "version",
            "paused_at",
            models.DateTimeField(null=True, blank=True, help_text="Since when nothing of it moves."),
        ),
        migrations.AddField(
            "version",
            "pinned",
            models.JSONField(default=dict, help_text="What each segment meant when this was published, by key."),
        ),
        migrations.RunSQL(HANDS, "drop table journey_hand"),
    ]
