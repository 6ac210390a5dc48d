"""Messages that a shop writes, their revisions and blocks; a delivery names the revision it said."""

import django.db.models.deletion
from django.db import migrations, models

GUARDED = """
create function refuse_wording_change() returns trigger language plpgsql as $$
begin
    raise exception 'A published revision of a message never changes.' using errcode = 'integrity_constraint_violation';
end $$;
create trigger wording_is_immutable before update or delete on message_revision
    for each row execute function refuse_wording_change();
alter table message_delivery add column revision integer;
create index message_delivery_kept on message_delivery (accepted_at) where body is not null;
"""
UNDO = """
drop index message_delivery_kept;
alter table message_delivery drop column revision;
drop trigger wording_is_immutable on message_revision;
drop function refuse_wording_change();
"""
ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    dependencies = [("loop_messages", "0009_halts")]
    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                ID,
                ("key", models.TextField(unique=True)),
                ("name", models.TextField()),
                ("category", models.TextField()),
                ("draft", models.JSONField(help_text="The document as it was written; see rules/wording.")),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.TextField(blank=True, default="")),
            ],
            options={"db_table": "message", "ordering": ("name",)},
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                ID,
                ("message", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="revisions", to="loop_messages.message")),
                ("number", models.PositiveIntegerField()),
                ("document", models.JSONField()),
                ("mark", models.TextField(help_text="By what the document is known again.")),
                ("published_at", models.DateTimeField()),
                ("published_by", models.TextField(blank=True, default="")),
            ],
            options={"db_table": "message_revision", "ordering": ("message", "-number")},
        ),
        migrations.AddConstraint(
            model_name="revision", constraint=models.UniqueConstraint(fields=("message", "number"), name="message_revision_number")
        ),
        migrations.AddField(
            model_name="message",
            name="live",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="loop_messages.revision"
            ),
        ),
        migrations.CreateModel(
            name="Block",
            fields=[
                ID,
                ("key", models.TextField(unique=True)),
                ("name", models.TextField()),
                ("source", models.TextField()),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.TextField(blank=True, default="")),
            ],
            options={"db_table": "message_block", "ordering": ("name",)},
        ),
        migrations.CreateModel(
            name="Manner",
            fields=[
                ID,
                ("store", models.TextField(unique=True)),
                ("avoided", models.JSONField(default=list)),
                ("preferred", models.JSONField(default=dict, help_text="Word → the one that is said instead.")),
                ("marks", models.JSONField(default=dict, help_text="utm_source and its like.")),
                ("keep_days", models.JSONField(default=dict, help_text="Category → for how many days a body is kept.")),
            ],
            options={"db_table": "message_manner"},
        ),
        migrations.RunSQL(GUARDED, UNDO),
    ]
