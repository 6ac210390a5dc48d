"""Segments, their revisions which never change, who was in them from when to when, and when to look again."""

import datetime

import django.db.models.deletion
from django.db import migrations, models

IMMUTABLE = """
create function refuse_revision_change() returns trigger language plpgsql as $$
begin
    if (old.segment_id, old.number, old.text, old.pins, old.at) is distinct from (new.segment_id, new.number, new.text, new.pins, new.at) then
        raise exception 'A revision of a segment never changes.' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger revision_is_immutable before update on segment_revision for each row execute function refuse_revision_change();
"""
UNDO = "drop trigger revision_is_immutable on segment_revision; drop function refuse_revision_change"


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('text', models.TextField()),
                ('pins', models.JSONField(help_text='The segments that it names, each with the revision that stands in it.')),
                ('reads', models.JSONField(help_text='The events that it folds over.')),
                ('everybody', models.TextField()),
                ('some', models.TextField()),
                ('parts', models.TextField()),
                ('spoken', models.JSONField(help_text="Each part's text and the kind of its value.")),
                ('at', models.DateTimeField()),
                ('by', models.TextField(blank=True, default='')),
            ],
            options={
                'db_table': 'segment_revision',
                'ordering': ('segment', '-number'),
            },
        ),
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.TextField(unique=True)),
                ('name', models.TextField()),
                ('about', models.TextField(blank=True, default='')),
                ('origin', models.TextField(blank=True, default='', help_text='The ready-made segment it came from.')),
                ('is_on', models.BooleanField(default=True)),
                ('asked_until', models.DateTimeField(help_text='Membership is exact up to here.', null=True)),
                ('fault', models.TextField(blank=True, default='', help_text='Why it is not followed any more.')),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('live', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='segments.revision')),
            ],
            options={
                'db_table': 'segment',
                'ordering': ('name',),
            },
        ),
        migrations.AddField(
            model_name='revision',
            name='segment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='segments.segment'),
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('pk', models.CompositePrimaryKey('segment', 'customer_id', 'known_from', blank=True, editable=False, primary_key=True, serialize=False)),
                ('customer_id', models.UUIDField()),
                ('known_from', models.DateTimeField()),
                ('known_to', models.DateTimeField()),
                ('segment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='segments.segment')),
            ],
            options={
                'db_table': 'segment_membership',
            },
        ),
        migrations.CreateModel(
            name='LookAgain',
            fields=[
                ('pk', models.CompositePrimaryKey('segment', 'customer_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('customer_id', models.UUIDField()),
                ('due_at', models.DateTimeField()),
                ('segment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='segments.segment')),
            ],
            options={
                'db_table': 'segment_look_again',
            },
        ),
        migrations.CreateModel(
            name='Day',
            fields=[
                ('pk', models.CompositePrimaryKey('segment', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('came', models.IntegerField()),
                ('went', models.IntegerField()),
                ('segment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='segments.segment')),
            ],
            options={
                'db_table': 'segment_day',
            },
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(fields=('segment', 'number'), name='segment_revision_number'),
        ),
        migrations.AddIndex(
            model_name='membership',
            index=models.Index(fields=['customer_id'], name='segment_of_customer'),
        ),
        migrations.AddIndex(
            model_name='membership',
            index=models.Index(condition=models.Q(('known_to', datetime.datetime(9999, 12, 31, 0, 0, tzinfo=datetime.UTC))), fields=['segment', '-known_from', 'customer_id'], name='segment_newest'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('known_to', datetime.datetime(9999, 12, 31, 0, 0, tzinfo=datetime.UTC))), fields=('segment', 'customer_id'), name='segment_member'),
        ),
        migrations.AddIndex(
            model_name='lookagain',
            index=models.Index(fields=['due_at', 'segment'], name='segment_due'),
        ),
        migrations.RunSQL(IMMUTABLE, UNDO),
    ]
