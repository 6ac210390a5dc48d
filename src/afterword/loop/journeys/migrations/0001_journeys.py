"""Journeys and versions; where runs stand, where they have been, and how many took each way; the bounds of a pass."""

import django.db.models.deletion
from django.db import migrations, models

TABLES = """
create table standing (
    journey text not null,
    version_id integer not null,
    run uuid not null,
    leg integer not null default 0,
    subject_id uuid not null,
    order_id uuid,
    shipment_id uuid,
    customer_id uuid not null,
    store text,
    dice bigint not null,
    customer_dice bigint not null,
    step text,
    entered_at timestamptz not null,
    due_at timestamptz,
    free_at timestamptz,
    by_event boolean not null default false,
    primary key (journey, run, leg)
) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);
create index standing_due on standing (due_at, version_id) where step is not null;
create index standing_customer on standing (customer_id);
create index standing_subject on standing (journey, subject_id);

create table visit (
    journey text not null,
    version_id integer not null,
    run uuid not null,
    leg integer not null,
    step text not null,
    entered_at timestamptz not null,
    due_at timestamptz,
    left_at timestamptz not null,
    outcome text not null
);
create index visit_run on visit (run);

create table visit_count (
    version_id integer not null,
    step text not null,
    outcome text not null,
    visits bigint not null,
    primary key (version_id, step, outcome)
);

create table local_clock (
    zone text not null,
    clock text not null,
    after timestamptz not null,
    asked_until timestamptz not null,
    strikes_at timestamptz not null,
    primary key (zone, clock, strikes_at)
);

create function since() returns timestamptz language sql stable parallel safe as
    $$ select current_setting('afterword.since')::timestamptz $$;
create function until() returns timestamptz language sql stable parallel safe as
    $$ select current_setting('afterword.until')::timestamptz $$;

create function refuse_version_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'A published version of a journey is kept for ever.' using errcode = 'integrity_constraint_violation';
    end if;
    if (old.journey_id, old.number, old.text, old.document, old.hash, old.trigger, old.published_at)
       is distinct from (new.journey_id, new.number, new.text, new.document, new.hash, new.trigger, new.published_at) then
        raise exception 'A published version of a journey never changes.' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger version_is_immutable before update or delete on journey_version
    for each row execute function refuse_version_change();
"""

UNDO = """
drop trigger version_is_immutable on journey_version;
drop function refuse_version_change, since, until;
drop table local_clock, visit_count, visit, standing;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Journey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.TextField(unique=True)),
                ("name", models.TextField()),
                ("about", models.TextField(blank=True, default="")),
                ("draft", models.TextField(help_text="The document as it was written, word for word.")),
                ("origin", models.TextField(blank=True, default="", help_text="The shipped document it came from, and its hash.")),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={"db_table": "journey", "ordering": ("name",)},
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("text", models.TextField()),
                ("document", models.JSONField()),
                ("hash", models.TextField()),
                ("statements", models.JSONField(help_text="Pairs of step and statement for PostgreSQL, in order.")),
                ("sends", models.JSONField(help_text="For each sending step, its message, channel, category and how long it is of use.")),
                ("trigger", models.TextField()),
                ("listens", models.JSONField(help_text="For each event that may move a run, the steps at which it does.")),
                ("published_at", models.DateTimeField()),
                ("published_by", models.TextField(blank=True, default="")),
                ("is_live", models.BooleanField(default=True, help_text="Whether new runs may enter; those under way go on regardless.")),
                ("ticked_until", models.DateTimeField()),
                (
                    "journey",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="journeys.journey"),
                ),
            ],
            options={"db_table": "journey_version", "ordering": ("journey", "-number")},
        ),
        migrations.AddField(
            model_name="journey",
            name="live",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="journeys.version"
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.UniqueConstraint(fields=("journey", "number"), name="journey_version_number"),
        ),
        migrations.RunSQL(TABLES, UNDO),
    ]
